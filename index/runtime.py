"""Runtime: models as ONNX graphs, run on a processor. The only module that knows ONNX Runtime."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import ModelDamaged, ModelUnavailable


def open_session(
    graph: Path, *, sha256: str | None, instead: str, weights: Mapping[str, NDArray[np.float32]] | None = None
) -> Any:  # noqa: ANN401 (ONNX Runtime has no types)
    """Open a graph, on one thread: questions and sentences are read side by side instead.

    Args:
        graph: its file.
        sha256: of the file; None where it may be any one.
        instead: what to do without it, for messages.
        weights: those that the graph names and does not hold.

    Raises:
        ModelUnavailable: when the file cannot be read.
        ModelDamaged: when it is not what was shipped, or no graph.
    """
    import onnxruntime  # noqa: PLC0415 (a tenth of a second)

    try:
        content = graph.read_bytes()
    except OSError as error:
        raise ModelUnavailable(f"the file {graph} cannot be read: {error.strerror}; {instead}") from error
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise ModelDamaged(f"{graph} is not what was shipped; {instead}")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    held = {name: onnxruntime.OrtValue.ortvalue_from_numpy(value) for name, value in (weights or {}).items()}
    try:
        if held:
            options.add_external_initializers(list(held), list(held.values()))
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except _its_errors() as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelDamaged(f"the file {graph} cannot be loaded: {reason}; {instead}") from error


def _its_errors() -> tuple[type[Exception], ...]:
    """Return the errors that a file can cause: those of ONNX Runtime share no root but Exception."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state  # noqa: PLC0415 (loaded by now)

    its = (state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.NoSuchFile, state.InvalidArgument)
    return (RuntimeError, ValueError, *its)
