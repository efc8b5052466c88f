"""Write how the bundled model reads a question, as an ONNX graph without its weights.

    python training/graph.py index/question.onnx

The weights stay where they are, in the bundled model's own file; `index/light.py` puts the two together. The
graph is BERT's (Devlin et al. 2019, https://arxiv.org/abs/1810.04805) for one text, and so needs no padding.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper

LAYERS, WIDTH, HEADS, INNER = 6, 384, 12, 1536
WORDS, POSITIONS, TYPES = 30_522, 512, 2
EPSILON = 1e-12


class Graph:
    """Nodes, weights and constants, as they are added."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []

    def add(self, kind: str, inputs: list[str], **attributes: Any) -> str:  # noqa: ANN401 (whatever ONNX takes)
        """Add a node and return the name of its output."""
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def weight(self, name: str, *shape: int) -> str:
        """Name a weight of the model's file."""
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        entry = tensor.external_data.add()
        entry.key, entry.value = "location", "model.safetensors"
        self.weights.append(tensor)
        return name

    def constant(self, name: str, values: object, kind: type) -> str:
        """Add a constant."""
        self.weights.append(onnx.numpy_helper.from_array(np.array(values, dtype=kind), name))
        return name

    def dense(self, of: str, name: str, width: int, given: int) -> str:
        """Add a linear layer."""
        weight, bias = self.weight(f"{name}.weight", width, given), self.weight(f"{name}.bias", width)
        return self.add("Gemm", [of, weight, bias], transB=1)

    def norm(self, of: str, name: str) -> str:
        """Add a layer normalisation."""
        inputs = [of, self.weight(f"{name}.weight", WIDTH), self.weight(f"{name}.bias", WIDTH)]
        return self.add("LayerNormalization", inputs, axis=-1, epsilon=EPSILON)


def build() -> onnx.ModelProto:
    """Build the graph: ids (t,) to the vectors of their word pieces, (t, 384)."""
    graph = Graph()
    by_head = graph.constant("by_head", [0, HEADS, WIDTH // HEADS], np.int64)
    flat = graph.constant("flat", [0, WIDTH], np.int64)
    scale = graph.constant("scale", (WIDTH // HEADS) ** -0.5, np.float32)
    zero, one = graph.constant("zero", 0, np.int64), graph.constant("one", 1, np.int64)

    words = graph.weight("embeddings.word_embeddings.weight", WORDS, WIDTH)
    positions = graph.weight("embeddings.position_embeddings.weight", POSITIONS, WIDTH)
    types = graph.weight("embeddings.token_type_embeddings.weight", TYPES, WIDTH)
    shape = graph.add("Shape", ["ids"])
    count = graph.add("Squeeze", [shape])
    order = graph.add("Range", [zero, count, one])
    read = graph.add("Gather", [words, "ids"])
    read = graph.add("Add", [read, graph.add("Gather", [positions, order])])
    read = graph.add("Add", [read, graph.add("Gather", [types, zero])])
    read = graph.norm(read, "embeddings.LayerNorm")
    for number in range(LAYERS):
        name = f"encoder.layer.{number}"
        query, key, value = (
            graph.add(
                "Transpose",
                [
                    graph.add(
                        "Reshape",
                        [graph.dense(read, f"{name}.attention.self.{part}", WIDTH, WIDTH), by_head],
                    )
                ],
                perm=perm,
            )
            for part, perm in (("query", [1, 0, 2]), ("key", [1, 2, 0]), ("value", [1, 0, 2]))
        )
        scores = graph.add("Mul", [graph.add("MatMul", [query, key]), scale])
        met = graph.add("MatMul", [graph.add("Softmax", [scores], axis=-1), value])
        met = graph.add("Reshape", [graph.add("Transpose", [met], perm=[1, 0, 2]), flat])
        met = graph.dense(met, f"{name}.attention.output.dense", WIDTH, WIDTH)
        read = graph.norm(graph.add("Add", [met, read]), f"{name}.attention.output.LayerNorm")
        inner = graph.add("Gelu", [graph.dense(read, f"{name}.intermediate.dense", INNER, WIDTH)])
        inner = graph.dense(inner, f"{name}.output.dense", WIDTH, INNER)
        read = graph.norm(graph.add("Add", [inner, read]), f"{name}.output.LayerNorm")
    graph.nodes[-1].output[0] = "pieces"
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "question",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, ["t"])],
            [helper.make_tensor_value_info("pieces", TensorProto.FLOAT, ["t", WIDTH])],
            initializer=graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", 20)],
        ir_version=9,
    )


def main() -> None:
    """Read the arguments and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    content = build().SerializeToString(deterministic=True)
    options.out.write_bytes(content)
    print(f"{len(content):,} bytes")


if __name__ == "__main__":
    main()
