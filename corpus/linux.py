"""Linux: what only this system can be told about a process of ours (prctl(2))."""

import ctypes
import sys


def prctl(option: int, value: int) -> bool:
    """Set an option of this process; say whether that was done, which it never is on other systems."""
    if sys.platform != "linux":
        return False
    call = ctypes.CDLL(None, use_errno=True).prctl
    nothing = ctypes.c_ulong(0)
    return bool(call(option, ctypes.c_ulong(value), nothing, nothing, nothing) == 0)
