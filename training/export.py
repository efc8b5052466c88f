"""Write the trained reader as ONNX with weights of eight bits.

    python training/export.py WEIGHTS.pt EXAMPLES_FOLDER index/reader.onnx

Weights are quantised per channel, embeddings of words and places each by itself, activations as they come
(dynamic quantisation); both heads are not. Eight bits of a whole activation share one scale, which a few
channels of the feed-forward layers stretch: those are first divided down, and their weights multiplied up, by
as much as examples show them to need (after Xiao et al. 2022, "SmoothQuant", https://arxiv.org/abs/2211.10438).
"""

import argparse
import hashlib
import json
import random
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from index.models import Model
from index.pairs import Pairs, padded
from train import SEED, Example, Reader

NAMES = ["input_ids", "attention_mask", "token_type_ids"]

#: Questions of each kind that are read to find stretching channels, and sentences of each.
READ, SENTENCES = 50, 4

#: Rows of a table at least, for it to be quantised.
LARGE = 500

#: What a channel may reach before it is divided down; most stay below, the highest was 30.
HIGHEST = 3.0


class Divided(nn.Module):
    """A linear layer of which some input channels are divided down first, its weights making up for it."""

    def __init__(self, linear: nn.Linear, by: Tensor) -> None:
        super().__init__()
        self.linear, self.times = linear, nn.Parameter(1 / by)
        with torch.no_grad():
            linear.weight.mul_(by)

    def forward(self, given: Tensor) -> Tensor:
        """Return what the layer returned before, but for rounding."""
        found: Tensor = self.linear(given * self.times)
        return found


def divide(model: Reader, folder: Path) -> None:
    """Divide down the channels that stretch the scale of a feed-forward layer's input."""
    highest: dict[nn.Module, Tensor] = {}

    def note(layer: nn.Module, given: tuple[Tensor, ...], _: Tensor) -> None:
        mine = given[0].abs().flatten(0, 1).amax(0)
        highest[layer] = torch.maximum(highest.get(layer, mine), mine)

    parts = [part for layer in model.trunk.encoder.layer for part in (layer.intermediate, layer.output)]
    hooks = [part.dense.register_forward_hook(note) for part in parts]
    pairs = Pairs(Path(Model.choose().location, "tokenizer.json"))
    with torch.no_grad():
        for example in _examples(folder):
            question = pairs.question(example["question"])
            for one in example["candidates"][:SENTENCES]:
                pair = pairs.pair(question, one["sentence"], one["before"])
                model(*(torch.from_numpy(numbers) for numbers in padded([pair])))
    for hook in hooks:
        hook.remove()
    for part in parts:
        part.dense = Divided(part.dense, (highest[part.dense] / HIGHEST).clamp(min=1.0))


def _examples(folder: Path) -> list[Example]:
    drawn = random.Random(SEED)  # noqa: S311 (not for secrets)
    found = []
    for path in sorted(folder.glob("*.train.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        found += [json.loads(line) for line in drawn.sample(lines, min(READ, len(lines)))]
    return found


def rows_of_eight_bits(path: str) -> None:
    """Rewrite a graph so that its tables of words and of places hold eight bits, and a scale for each row."""
    model = onnx.load(path)
    graph = model.graph
    for table in [one for one in graph.initializer if len(one.dims) > 1 and one.dims[0] >= LARGE]:
        for node in [one for one in graph.node if one.op_type == "Gather" and one.input[0] == table.name]:
            values = numpy_helper.to_array(table)
            scale = np.maximum(np.abs(values).max(axis=1, keepdims=True) / 127, 1e-12).astype(np.float32)
            rows, scales, out = f"{table.name}_rows", f"{table.name}_rows_scale", node.output[0]
            graph.initializer.remove(table)
            graph.initializer.append(numpy_helper.from_array(np.round(values / scale).astype(np.int8), rows))
            graph.initializer.append(numpy_helper.from_array(scale, scales))
            place = list(graph.node).index(node)
            graph.node.remove(node)
            made = (
                helper.make_node("Gather", [rows, node.input[1]], [f"{out}_bits"]),
                helper.make_node("Gather", [scales, node.input[1]], [f"{out}_scales"]),
                helper.make_node("Cast", [f"{out}_bits"], [f"{out}_whole"], to=TensorProto.FLOAT),
                helper.make_node("Mul", [f"{out}_whole", f"{out}_scales"], [out]),
            )
            for number, one in enumerate(made):
                graph.node.insert(place + number, one)
    onnx.save(model, path)


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("examples", type=Path, help="what prepare.py made")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    model = Reader(Model.choose().location).eval()
    model.load_state_dict(torch.load(options.weights))
    divide(model, options.examples)
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
        rows_of_eight_bits(whole)
        quantize_dynamic(
            whole,
            str(options.out),
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
            nodes_to_exclude=[
                node.name + made
                for made in ("", "_MatMul")  # which the quantiser makes of Gemm first
                for node in onnx.load(whole).graph.node
                if node.name.startswith(("/score", "/marks"))
            ],
        )
    content = options.out.read_bytes()
    print(f"{len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
