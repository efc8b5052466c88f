"""Arrays: many of them in one file, mapped into memory when they are read.

The format is that of safetensors (https://github.com/safetensors/safetensors#format): a header of JSON that
says where each array stands, then their bytes. Nothing of a file is read before it is looked at, and what
was looked at can be forgotten again by the system: an index may be larger than the memory. The library makes
a copy of everything in memory when it writes and when it reads, so neither is left to it.
"""

import json
import math
import mmap
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.errors import SnapshotDamaged

#: Arrays by name.
Arrays = Mapping[str, NDArray[Any]]

#: How the format calls the kinds of numbers that we write.
_KINDS = {"I64": "<i8", "U64": "<u8", "I32": "<i4", "U32": "<u4", "F32": "<f4", "U16": "<u2", "U8": "|u1"}
_NAMES = {np.dtype(kind): name for name, kind in _KINDS.items()}

#: Bytes that say how long the header is, and to a multiple of which everything is filled up.
_LENGTH = 8


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays into a new file; once this returns, they outlive a crash.

    Raises:
        OSError: when the disk does not take it.
    """
    # The widest numbers first: so each array begins at a multiple of its own width, and can be mapped.
    ordered = sorted(arrays.items(), key=lambda one: -one[1].dtype.itemsize)
    header: dict[str, object] = {}
    start = 0
    for name, array in ordered:
        header[name] = {
            "dtype": _NAMES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [start, start + array.nbytes],
        }
        start += array.nbytes
    written = json.dumps(header).encode()
    written += b" " * (-len(written) % _LENGTH)
    with path.open("xb") as file:
        file.write(len(written).to_bytes(_LENGTH, "little") + written)
        for _, array in ordered:
            file.write(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
        file.flush()
        os.fsync(file.fileno())


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Map what `write_arrays` wrote; the arrays cannot be written to.

    Raises:
        SnapshotDamaged: when it cannot be read.
    """
    try:
        mapped = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        start = _LENGTH + int.from_bytes(mapped[:_LENGTH].tobytes(), "little")
        header: dict[str, Any] = json.loads(mapped[_LENGTH:start].tobytes())
        return {name: _view(mapped, start, **about) for name, about in header.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise SnapshotDamaged(f"{path} cannot be read: {error}") from error


def read_here_and_there(mapped: "np.memmap[Any, Any]") -> None:
    """Tell the system that a mapped file is read in single places: what lies around them is not read along.

    Else a few hundred rows a question bring in gigabytes, and push out what the next one needs.
    """
    its: object = mapped.base
    if isinstance(its, mmap.mmap) and hasattr(mmap, "MADV_RANDOM"):  # Windows has none
        its.madvise(mmap.MADV_RANDOM)


def _view(
    mapped: NDArray[np.uint8], start: int, *, dtype: str, shape: list[int], data_offsets: list[int]
) -> NDArray[Any]:
    first, last = data_offsets
    kind = np.dtype(_KINDS[dtype])
    if not 0 <= first <= last <= len(mapped) - start or last - first != math.prod(shape) * kind.itemsize:
        raise ValueError("it is shorter than its header says")
    return mapped[start + first : start + last].view(kind).reshape(shape)
