"""Privacy: what a process holds in memory is its own, though others run as the same user."""

from corpus.linux import prctl

#: https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html
_PR_SET_DUMPABLE = 4


def hide_memory() -> bool:
    """Keep other processes of the same user out of this one's memory and environment; say whether that holds.

    For a process that holds a token, or runs beside one that reads hostile files. Linux knows this, and
    others do not. It lasts until another program is executed; the price is that there are no core dumps, and
    that debuggers and profilers must be root's.
    """
    return prctl(_PR_SET_DUMPABLE, 0)
