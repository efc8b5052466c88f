"""Privacy: what a process holds in memory is its own, though others run as the same user."""

import ctypes
import sys

#: https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
_PR_SET_DUMPABLE = 4


def hide_memory() -> bool:
    """Keep other processes of the same user out of this one's memory and environment; say whether that holds.

    For a process that holds a token, or runs beside one that reads hostile files. Linux knows this, and
    others do not. It lasts until another program is executed; the price is that there are no core dumps, and
    that debuggers and profilers must be root's.
    """
    if sys.platform != "linux":
        return False
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    nothing = ctypes.c_ulong(0)
    return bool(prctl(_PR_SET_DUMPABLE, nothing, nothing, nothing, nothing) == 0)
