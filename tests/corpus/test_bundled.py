"""The bundled briefs keep the promises that `docs/briefs.md` makes about them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = ROOT / "corpus" / "bundled"
FILES = sorted(BUNDLED.glob("*.md"))
HEADER_FIELDS = {"id", "title", "source", "published", "language", "reports"}
SELF_MARK = {
    "en": re.compile(r"\bbrief\b.*\bCrisisbot\b|\bCrisisbot\b.*\bbrief\b"),
    "ru": re.compile(r"\bсводк.*\bCrisisbot\b|\bCrisisbot\b.*\bсводк", re.IGNORECASE),
    "kk": re.compile(r"\bшолу.*\bCrisisbot\b|\bCrisisbot\b.*\bшолу", re.IGNORECASE),
}
KAZAKH_LETTERS = re.compile("[әғқңөұүһі]", re.IGNORECASE)
RUSSIAN_LETTERS = re.compile("[а-яё]", re.IGNORECASE)

every_brief = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


class Brief(NamedTuple):
    """One brief as it lies on the disk: its header, and its paragraphs without line ends."""

    header: dict[str, Any]
    paragraphs: list[str]


def read_brief(path: Path) -> Brief:
    opening, header, body = path.read_text(encoding="utf-8").split("---\n", 2)
    assert opening == ""
    assert body.startswith("\n")
    assert body.endswith("\n")
    return Brief(yaml.safe_load(header), body.strip("\n").split("\n\n"))


@every_brief
def test_a_brief_has_exactly_the_header_fields(path: Path) -> None:
    header = read_brief(path).header

    assert set(header) == HEADER_FIELDS
    assert header["source"] == "Crisisbot brief"
    assert header["title"] == header["title"].strip() != ""


@every_brief
def test_file_name_and_id_and_date_and_language_agree(path: Path) -> None:
    header = read_brief(path).header

    assert header["id"] == path.stem
    assert isinstance(header["published"], date)
    assert path.stem.startswith(f"{header['published'].isoformat()}-{header['language']}-")
    assert re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z]{2}(-[a-z0-9]+)+", path.stem)


@every_brief
def test_every_report_is_named(path: Path) -> None:
    reports = read_brief(path).header["reports"]

    assert len(reports) > 0
    assert all(isinstance(report, str) and report.strip() for report in reports)
    assert len(set(reports)) == len(reports)


@every_brief
def test_each_paragraph_stands_on_one_line(path: Path) -> None:
    paragraphs = read_brief(path).paragraphs

    assert 3 <= len(paragraphs) <= 6, "two to five paragraphs of news, and one that marks the brief"
    assert all(paragraph and "\n" not in paragraph for paragraph in paragraphs)
    assert all(paragraph == paragraph.strip() for paragraph in paragraphs)
    assert all(paragraph.endswith(".") for paragraph in paragraphs)


@every_brief
def test_the_last_paragraph_alone_marks_the_brief_as_the_projects_own(path: Path) -> None:
    header, paragraphs = read_brief(path)

    assert SELF_MARK[header["language"]].search(paragraphs[-1])
    assert "Crisisbot" not in " ".join(paragraphs[:-1])


@every_brief
def test_a_brief_is_written_in_the_letters_of_its_language(path: Path) -> None:
    header, paragraphs = read_brief(path)
    body = " ".join(paragraphs)

    assert bool(RUSSIAN_LETTERS.search(body)) is (header["language"] in {"ru", "kk"})
    assert bool(KAZAKH_LETTERS.search(body)) is (header["language"] == "kk")


@every_brief
def test_a_brief_names_its_reports_without_an_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.search(r"https?:|www\.|\b[a-z]+\.(?:com|org|net|kz|ru)\b", text, re.IGNORECASE) is None


def test_there_are_briefs_in_three_languages_and_most_are_english() -> None:
    languages = Counter(read_brief(path).header["language"] for path in FILES)

    assert set(languages) == {"en", "ru", "kk"}
    assert languages.total() >= 14
    assert languages["ru"] >= 3
    assert languages["kk"] >= 3
    assert languages["en"] > languages["ru"] + languages["kk"]


def test_the_briefs_run_from_2_to_19_january_2022_and_beyond() -> None:
    dates = {read_brief(path).header["published"] for path in FILES}

    assert min(dates) == date(2022, 1, 2)
    assert date(2022, 1, 19) in dates
    assert max(dates) > date(2022, 1, 19)


def test_no_two_briefs_share_a_title_or_a_closing_sentence() -> None:
    briefs = [read_brief(path) for path in FILES]

    assert len({brief.header["title"] for brief in briefs}) == len(briefs)
    assert len({brief.paragraphs[-1] for brief in briefs}) == len(briefs)


def test_the_page_about_the_briefs_lists_each_of_them() -> None:
    page = (ROOT / "docs" / "briefs.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| (\S+) \| (\S+) \| (.+) \|$", page, re.MULTILINE)

    headers = [read_brief(path).header for path in FILES]
    assert rows == [(h["id"], h["published"].isoformat(), h["language"], h["title"]) for h in headers]
