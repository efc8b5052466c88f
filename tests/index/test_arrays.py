from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from index.arrays import read_arrays, write_arrays
from index.errors import SnapshotDamaged
from index.parts import _mapped
from index.vectors import EXACT_UP_TO
from tests.fakes.damage import cut, delete, empty, full_disk

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ARRAYS: dict[str, NDArray[Any]] = {
    "bytes": np.arange(5, dtype=np.uint8),
    "ids": np.array([-(2**62), 0, 2**62], dtype=np.int64),
    "hashes": np.array([2**64 - 1], dtype=np.uint64),
    "vectors": np.array([[0.5, -1.0], [0.25, 3.0]], dtype=np.float32),
    "rows": np.array([7, -7], dtype=np.int32),
    "none": np.zeros((0, 3), dtype=np.float32),
}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    write_arrays(tmp_path / "arrays", ARRAYS)
    return tmp_path / "arrays"


def test_what_was_written_is_read_each_array_at_a_place_that_fits_its_numbers(written: Path) -> None:
    read = read_arrays(written)

    assert read.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert (read[name].dtype, read[name].shape) == (array.dtype, array.shape)
        assert read[name].tolist() == array.tolist()
        assert read[name].flags.aligned
        assert not read[name].flags.writeable


def test_the_library_whose_format_it_is_reads_the_same(written: Path) -> None:
    read = load_file(written)

    assert {name: array.tolist() for name, array in read.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }


def test_a_file_that_is_there_is_not_written_over(written: Path) -> None:
    with pytest.raises(FileExistsError):
        write_arrays(written, {})


def test_a_full_disk_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with full_disk(400), pytest.raises(OSError, match="File too large"):
        write_arrays(tmp_path / "arrays", {"many": np.zeros(1_000, dtype=np.uint8)})


@pytest.mark.parametrize("damage", [cut, empty, delete])
def test_a_file_that_is_shorter_is_called_damaged(written: Path, damage: Callable[[Path], None]) -> None:
    damage(written)

    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        read_arrays(written)


@pytest.mark.parametrize(
    "header",
    [
        b"rubbish ",
        b"[]",
        b"null",
        b'{"a": 7}',
        b'{"a": {}}',
        json.dumps({"a": {"dtype": "F8", "shape": [1], "data_offsets": [0, 1]}}).encode(),
        json.dumps({"a": {"dtype": "U8", "shape": [9], "data_offsets": [0, 9]}}).encode(),
        json.dumps({"a": {"dtype": "U8", "shape": [1], "data_offsets": [-1, 0]}}).encode(),
        json.dumps({"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 1]}}).encode(),
        json.dumps({"a": {"dtype": "I64", "shape": ["x"], "data_offsets": [0, 1]}}).encode(),
    ],
)
def test_a_header_that_says_what_is_not_so_is_called_damaged(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "arrays").write_bytes(len(header).to_bytes(8, "little") + header + b"12345678")

    with pytest.raises(SnapshotDamaged, match="cannot be read"):
        read_arrays(tmp_path / "arrays")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what it was told")
def test_the_system_is_told_of_files_that_are_read_here_and_there(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npy"
    np.save(path, np.ones((EXACT_UP_TO + 1, 4), dtype=np.float32))
    few = tmp_path / "few.npy"
    np.save(few, np.ones((EXACT_UP_TO, 4), dtype=np.float32))

    mapped = [_mapped(path), _mapped(few)]

    assert all(one.sum() == one.size for one in mapped)
    assert "rr" in flags_of(path)
    assert "rr" not in flags_of(few)


def flags_of(path: Path) -> list[str]:
    """Return what the system knows of how a mapped file is read (proc(5), VmFlags)."""
    _, _, after = Path("/proc/self/smaps").read_text(encoding="utf-8").partition(str(path))
    return next(line for line in after.splitlines() if line.startswith("VmFlags:")).split()
