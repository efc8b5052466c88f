"""What one process of a user can read of another one of the same user: nothing, once that hid its memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems know nothing of it")

#: Becomes nobody if it is root, forks a reader, and only then holds a secret.
HOLDER = """if True:
    import ctypes, os, sys
    from corpus.privacy import hide_memory
    libc = ctypes.CDLL(None)
    class Piece(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
    if os.geteuid() == 0:
        os.setgid(65534), os.setuid(65534)
        libc.prctl(4, 1, 0, 0, 0)  # as it is for a process that never changed its user
    holder, (incoming, outgoing) = os.getpid(), os.pipe()
    if os.fork():
        if sys.argv[1] == "hides":
            assert hide_memory()
        secret = ctypes.create_string_buffer(b"1234:token")
        os.write(outgoing, b"%d" % ctypes.addressof(secret))
        os.wait()
        sys.exit()
    mine = ctypes.create_string_buffer(10)
    here, there = Piece(ctypes.addressof(mine), 10), Piece(int(os.read(incoming, 99)), 10)
    libc.process_vm_readv(
        holder, ctypes.byref(here), ctypes.c_ulong(1), ctypes.byref(there), ctypes.c_ulong(1),
        ctypes.c_ulong(0))
    try:
        environment = open(f"/proc/{holder}/environ", "rb").read()
    except OSError:
        environment = b""
    print(mine.raw, b"4321:token" in environment)
"""


def read_by_another(how: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", HOLDER, how], check=True, capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, "TELEGRAM_BOT_TOKEN": "4321:token"},
    )  # fmt: skip
    return ended.stdout.strip()


@linux
def test_memory_and_environment_are_closed_to_others_of_the_same_user() -> None:
    if read_by_another("shows") != "b'1234:token' True":
        pytest.skip("this system lets no process read another one")
    assert read_by_another("hides") == f"{bytes(10)!r} False"


@linux
def test_a_process_that_hid_its_memory_starts_others_as_before() -> None:
    code = """if True:
        import multiprocessing, subprocess, sys
        from corpus.privacy import hide_memory
        assert hide_memory()
        print(subprocess.run([sys.executable, "-Ic", "print(1)"], stdout=-1, text=True, cwd="/").stdout)
        with multiprocessing.get_context("fork").Pool(1) as pool:
            print(pool.map(abs, [-2]), open("/proc/self/stat").read(0) == "")
    """
    ended = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert ended.stdout.split() == ["1", "[2]", "True"]
