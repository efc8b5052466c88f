"""Read a shipped reader back into weights that can be trained on, as near as eight bits come.

    python training/restore.py index/reader.onnx BEGIN.pt

Word embeddings, which training leaves as they are, come from the bundled model.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from index.models import Model
from train import Reader

Arrays = dict[str, np.ndarray]


def restored(path: Path) -> dict[str, Tensor]:
    """Return the weights of a reader of `export.py`, by their names in `train.Reader`."""
    graph = onnx.load(path).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found = dict(_weights(graph, arrays))
    state = Reader(Model.choose().location).state_dict()
    kept = {name: value for name, value in state.items() if "embeddings.word" in name or "pooler" in name}
    missing = state.keys() - found.keys() - kept.keys()
    if missing:
        raise SystemExit(f"{path} has no {', '.join(sorted(missing))}: is it a reader that export.py wrote?")
    return {name: kept[name] if name in kept else torch.from_numpy(found[name].copy()) for name in state}


def _weights(graph: onnx.GraphProto, arrays: Arrays) -> Iterator[tuple[str, np.ndarray]]:
    for name, array in arrays.items():
        if array.dtype == np.float32 and name.endswith((".weight", ".bias")):
            yield name.replace(".linear.", "."), array
        elif name.endswith("_embeddings.weight_quantized"):
            yield name.removesuffix("_quantized"), _float(arrays, name)
        elif name.endswith("_rows"):
            yield name.removesuffix("_rows"), array.astype(np.float32) * arrays[f"{name}_scale"]
    for node in graph.node:
        if node.op_type not in {"MatMul", "MatMulInteger"} or node.input[1] not in arrays:
            continue
        # /trunk/encoder/layer.0/intermediate/dense/linear/MatMul_quant, /score/Gemm_MatMul_quant
        name = node.name.strip("/").rsplit("/", 1)[0].replace("/", ".").removesuffix(".linear")
        weight = _float(arrays, node.input[1])
        times = arrays.get(f"{name}.times")
        yield f"{name}.weight", np.ascontiguousarray((weight if times is None else weight * times[:, None]).T)


def _float(arrays: Arrays, name: str) -> np.ndarray:
    bare = name.removesuffix("_quantized")
    if bare == name:
        return arrays[name]
    zero = arrays[f"{bare}_zero_point"].astype(np.float32)
    value: np.ndarray = (arrays[name].astype(np.float32) - zero) * arrays[f"{bare}_scale"]
    return value


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("reader", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    torch.save(restored(options.reader), options.out)


if __name__ == "__main__":
    main()
