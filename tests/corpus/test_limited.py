"""What hostile parsers can do: nothing but fail, and soon. Real children do all of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus.errors import InvalidArticle, UnreadableSource
from corpus.sources import children, limited
from corpus.sources.limited import missing, parse_limited

ROOT = Path(__file__).parents[2]

linux = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems hold less; `limited.missing` says what"
)

START = children._START  # noqa: SLF001 (the only way in for a parser that is not ours)

#: A parser that does with its process what its file says.
HOSTILE = """
import ctypes, os, resource, signal, socket, sys, time

def parse(content):
    return {"did": str(eval(content))}
"""


@pytest.fixture(autouse=True)
def _hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children find our packages, and beside them a parser that is anybody's."""
    (tmp_path / "hostile.py").write_text(HOSTILE, encoding="utf-8")
    monkeypatch.setattr(children, "_START", also_from(tmp_path))


def also_from(folder: Path) -> str:
    return f"import sys; sys.path.append({str(folder)!r}); {START}"


def does(what: str, *, deadline_s: float = 30) -> object:
    return parse_limited("hostile", "parse", what.encode(), deadline_s=deadline_s)["did"]


def fails(what: str, *, deadline_s: float = 30) -> str:
    with pytest.raises(InvalidArticle) as refused:
        does(what, deadline_s=deadline_s)
    return str(refused.value)


CRASHED = "its reader crashed on it, so it is damaged or made to do harm"
TOO_LONG = "it takes too long to read, so it is damaged or made to do harm"


def test_a_file_is_parsed_word_for_word() -> None:
    assert does("'Тоқаев \\ud800 \\u0000 ' + 'x' * 3") == "Тоқаев \ud800 \0 xxx"
    assert does("len('" + "x" * 2_000_000 + "')") == "2000000"  # more than pipes hold


def test_a_child_inherits_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "secret")
    assert "secret" not in str(does("(dict(os.environ), sys.argv)"))


def test_a_child_loads_neither_torch_nor_anything_else_that_is_heavy() -> None:
    heavy = {"torch", "numpy", "sqlalchemy", "trafilatura", "lxml", "telegram", "index", "bot"}
    assert does(f"{heavy!r} & set(sys.modules)") == "set()"


@linux
@pytest.mark.parametrize(
    "forbidden",
    [
        "open('/etc/passwd')",
        "open('/tmp/written', 'w')",
        "socket.socket()",
        "os.pipe()",
        "os.dup(1)",
        "os.fork()",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))",  # not even by root
    ],
)
def test_no_file_no_socket_and_no_process_can_be_opened(forbidden: str) -> None:
    assert fails(forbidden) == CRASHED


@linux
def test_too_much_memory_is_refused() -> None:
    assert fails("b'x' * (3 << 30)") == "it needs over 1,073 MB of memory to be read"


@linux
def test_too_much_work_is_ended_by_the_system_itself() -> None:
    lowered = "resource.setrlimit(resource.RLIMIT_CPU, (1, 1))"
    assert fails(f"{lowered} or sum(1 for _ in iter(int, 1))") == TOO_LONG


def test_a_child_that_hangs_is_killed_at_its_deadline() -> None:
    began = time.monotonic()
    assert fails("time.sleep(60)", deadline_s=0.5) == TOO_LONG
    assert time.monotonic() - began < 20


def test_a_crash_costs_its_file_only() -> None:
    assert fails("os.kill(os.getpid(), signal.SIGSEGV)") == CRASHED.replace("on it", "on it (SIGSEGV)")
    assert fails("1 / 0") == CRASHED
    assert fails("os._exit(7)") == CRASHED
    assert does("'still here'") == "still here"


def test_a_flood_is_not_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "LARGEST_ANSWER", 1_000)
    assert fails("'x' * 10_000_000") == "what was found in it is too long"
    assert fails("[os.write(1, b'x' * 65536) for _ in iter(int, 1)]") == "what was found in it is too long"


@linux
def test_no_child_outlives_an_interruption_of_which_it_hears_nothing(tmp_path: Path) -> None:
    code = f"""if True:
        import os, signal, threading
        from corpus.sources import children, limited
        children._START = {also_from(tmp_path)!r}
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            limited.parse_limited("hostile", "parse", b"time.sleep(60)")
        except KeyboardInterrupt:
            print("interrupted", open("/proc/thread-self/children").read())
    """
    ended = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=30, capture_output=True, text=True, cwd=ROOT
    )
    assert ended.stdout == "interrupted \n"


def pid_of_child() -> object:
    """Which process has loaded the parser; its forks parse."""
    return does("os.getppid()")


@linux
def test_a_child_is_kept_for_the_next_file_of_which_the_last_one_leaves_no_trace() -> None:
    first = pid_of_child()
    assert does("setattr(os, 'left', 'x') or os.getpid()") != first
    assert does("hasattr(os, 'left')") == "False"
    assert pid_of_child() == first


@linux
def test_a_file_that_kills_the_child_costs_no_other_file() -> None:
    fails("os.kill(os.getppid(), signal.SIGKILL) or time.sleep(9)") if os.geteuid() else None
    fails("time.sleep(60)", deadline_s=0.5)
    assert does("'still here'") == "still here"


def test_children_that_nobody_needs_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "KEPT_S", 0.1)
    does("1")
    ours = limited._CHILDREN  # noqa: SLF001 (how many wait is nobody's business but its own)
    deadline = time.monotonic() + 10
    while ours._kept and time.monotonic() < deadline:  # noqa: SLF001
        time.sleep(0.05)
    assert [child.module for child in ours._kept if child.module == "hostile"] == []  # noqa: SLF001


def test_several_files_are_read_at_once_and_none_gets_the_answer_of_another() -> None:
    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(does, map(str, range(40)))] == [str(n) for n in range(40)]


@linux
def test_a_fork_can_read_neither_the_memory_nor_the_environment_of_its_child() -> None:
    # The files are closed to it; what is asked here is what the kernel would say to a call by process id.
    read = "ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)"  # PR_GET_DUMPABLE
    assert does(read) == "0"


def test_a_parser_that_cannot_be_loaded_is_no_fault_of_the_file() -> None:
    with pytest.raises(UnreadableSource, match="cannot be loaded; install Crisisbot again"):
        parse_limited("no_such_module", "parse", b"x")


def test_what_other_systems_do_not_hold_is_said() -> None:
    assert missing("linux") == ()
    assert missing("darwin") == ("memory",)
    assert missing("win32") == ("memory", "processor time", "files", "network")
