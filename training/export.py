"""Write the trained reader as ONNX with weights of eight bits.

    python training/export.py WEIGHTS.pt index/reader.onnx

Weights are quantised per channel, activations as they come (dynamic quantisation); both heads are not.
"""

import argparse
import hashlib
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from index.models import Model
from train import Reader

NAMES = ["input_ids", "attention_mask", "token_type_ids"]


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    model = Reader(Model.choose().location).eval()
    model.load_state_dict(torch.load(options.weights))
    example = torch.ones(2, 16, dtype=torch.long)
    with tempfile.TemporaryDirectory() as folder:
        whole = str(Path(folder, "whole.onnx"))
        torch.onnx.export(
            model,
            (example, example, example),
            whole,
            input_names=NAMES,
            output_names=["score", "marks"],
            dynamic_axes={name: {0: "pairs", 1: "pieces"} for name in [*NAMES, "marks"]}
            | {"score": {0: "pairs"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(
            whole,
            str(options.out),
            per_channel=True,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=[
                node.name
                for node in onnx.load(whole).graph.node
                if node.name.startswith(("/score", "/marks"))
            ],
        )
    content = options.out.read_bytes()
    print(f"{len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
