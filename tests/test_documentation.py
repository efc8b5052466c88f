"""What is written about the program is true of it."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from bot.cli import main
from bot.settings import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
MODULES = sorted(path for package in ("corpus", "index", "bot") for path in (ROOT / package).rglob("*.py"))

#: A name like a variable of ours.
VARIABLE = r"\b(?:CRISISBOT_[A-Z_]+|DATABASE_URL|TELEGRAM_[A-Z_]+)\b"

#: Constants of ours that look like variables.
CONSTANTS = {"TELEGRAM_API"}


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


# Settings


def test_every_variable_is_explained_for_operators_and_no_other() -> None:
    assert set(re.findall(VARIABLE, read("docs/operations.md"))) - CONSTANTS == set(VARIABLES)


def test_every_variable_is_in_the_example_and_no_other() -> None:
    written = re.findall(r"^#?([A-Z_]+)=", read(".env.example"), re.MULTILINE)
    assert sorted(written) == sorted(VARIABLES)


def test_variables_named_anywhere_exist() -> None:
    for page in PAGES:
        named = re.findall(r"\bCRISISBOT_[A-Z_]+\b", page.read_text(encoding="utf-8"))
        assert set(named) <= set(VARIABLES), page


def test_every_variable_that_the_code_names_is_one_of_those() -> None:
    for module in MODULES:
        strings = {
            node.value
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        named = {string for string in strings if re.fullmatch(VARIABLE, string)}
        assert named <= set(VARIABLES), module


def test_every_variable_is_read() -> None:
    code = read("bot/settings.py").partition("class Settings")[2]
    assert {name for name in VARIABLES if f'"{name}"' not in code} == set()


# Pages


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_something(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    for target in targets:
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            there = (page.parent / path).resolve() if path else page
            assert there.exists(), target
            assert not anchor or anchor in anchors(there), target


def anchors(page: Path) -> set[str]:
    """Return the names that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_architecture_names_every_module_and_only_those() -> None:
    text = read("docs/architecture.md")
    rooms = text.partition("## Rooms")[2].partition("\n## ")[0]
    named = set(re.findall(r"\b(?:corpus|index|bot)/[\w/]+\.py\b", rooms))
    for folder, files in re.findall(r"^((?:corpus|index|bot)/[\w/]*/)\s+(.*)$", rooms, re.MULTILINE):
        named |= {f"{folder}{file}" for file in re.findall(r"\b(\w+\.py)\b", files)}
    folders = set(re.findall(r"^((?:corpus|index|bot)/[\w/]*/) ", rooms, re.MULTILINE))
    there = {
        path
        for path in (module.relative_to(ROOT).as_posix() for module in MODULES)
        if not path.endswith("__init__.py") and "/migrations/" not in path
    }
    assert named == there
    assert all((ROOT / folder).is_dir() for folder in folders)
    elsewhere = re.findall(r"`((?:corpus|index|bot|tests|docs|benchmarks)/[^`*]+)`", text)
    assert [path for path in elsewhere if not (ROOT / path).exists()] == []


def commands(group: click.Group, *above: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)
        else:
            yield " ".join([*above, name])


@pytest.mark.parametrize("command", list(commands(main)))
def test_every_command_is_named_for_people(command: str) -> None:
    assert f"crisisbot {command}" in read("README.md") + read("docs/operations.md")


def test_commands_named_in_pages_exist() -> None:
    known = {*commands(main), *(name.split()[0] for name in commands(main))}
    for page in PAGES:
        named = re.findall(r"(?:^|`|\$ )crisisbot ([a-z]+)\b", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(named) <= known, page


def test_the_version_is_the_newest_of_the_changelog() -> None:
    newest = re.search(r"^## \[(\d[^\]]*)\]", read("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert tomllib.loads(read("pyproject.toml"))["project"]["version"] == newest[1]
