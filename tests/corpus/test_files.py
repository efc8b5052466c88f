"""Files and folders become articles; what cannot be read is named, and the rest goes on."""

from __future__ import annotations

import json
import os
import socket
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from corpus.articles import Article
from corpus.database import sqlite_url
from corpus.languages import Language
from corpus.sources import files
from corpus.sources.files import Rejected, bundled_digest, read_bundled, read_files
from corpus.store import Change, Corpus

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = Path("/proc/self/mem")


def articles(*paths: Path, **stated: object) -> list[Article]:
    """All that is read from these paths, none of it rejected."""
    found = list(read_files(paths, stated=stated))
    assert [one for one in found if isinstance(one, Rejected)] == []
    return [one for one in found if isinstance(one, Article)]


def rejected(*paths: Path) -> list[tuple[str, str]]:
    """What is rejected of these paths, and why."""
    return [(one.place, one.reason) for one in read_files(paths) if isinstance(one, Rejected)]


def write(path: Path, content: str | bytes = "It was calm.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Single files


def test_a_text_file_is_an_article_named_by_its_file(tmp_path: Path) -> None:
    path = write(tmp_path / "Новости дня.txt", "Gas prices rise\n\nPeople came. They stayed.")

    assert articles(path) == [
        Article(
            key=path.as_uri(),
            title="Gas prices rise",
            text="People came. They stayed.",
            source="Новости дня.txt",
            language=Language.ENGLISH,
            obtained="file",
        )
    ]


def test_a_url_inside_a_file_identifies_its_article(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", "---\nurl: https://example.org/1\nsource: Agency\n---\nIt was calm.")

    (article,) = articles(path)

    assert (article.key, article.source) == ("https://example.org/1", "Agency")


def test_what_is_stated_holds_for_every_article_whatever_its_file_says(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "---\nsource: Agency\nauthor: A. Reporter\n---\nIt was calm.")
    write(tmp_path / "b.txt")

    found = articles(tmp_path, source="Archive", language="ru", published="2022-01-05")

    assert [(one.source, one.author, one.language, one.published) for one in found] == [
        ("Archive", "A. Reporter", Language.RUSSIAN, date(2022, 1, 5)),
        ("Archive", None, Language.RUSSIAN, date(2022, 1, 5)),
    ]


@pytest.mark.parametrize("name", ["A.TXT", "a.Md", "a.markdown", "a.with.dots.txt", "a b%20#?.txt"])
def test_endings_count_whatever_their_case(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name)

    assert [article.key for article in articles(path)] == [path.as_uri()]


def test_a_relative_path_names_the_same_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "folder" / "a.txt")
    monkeypatch.chdir(tmp_path / "folder")

    assert articles(Path("a.txt")) == articles(Path("../folder/a.txt")) == articles(path)


@pytest.mark.parametrize("ending", [".txt", ".md", ".html"])
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\t\n"], ids=["empty", "mark", "blank"])
def test_an_empty_file_is_rejected(tmp_path: Path, ending: str, content: bytes) -> None:
    path = write(tmp_path / f"a{ending}", content)
    reason = "no article text was found in the page" if ending == ".html" else "text: there is none"

    assert rejected(path) == [(str(path), reason)]


def test_an_empty_file_of_lines_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", "")
    assert list(read_files([path])) == [Rejected(str(path), "there is nothing in it")]


def test_a_file_in_another_encoding_is_rejected_with_a_way_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "Газ".encode("cp1251"))

    ((place, reason),) = rejected(path)

    assert place == str(path)
    assert reason.startswith("not UTF-8 (byte 0xc3 at offset 0); ")
    assert reason.endswith("iconv -f cp1251 -t utf-8")


@pytest.mark.parametrize("name, largest", [("a.txt", files.LARGEST_FILE), ("a.PDF", files.LARGEST_DOCUMENT)])
def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path, name: str, largest: int) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(largest + 1)  # it takes no space on the disk

    assert rejected(path) == [(str(path), f"{largest + 1:,} bytes are too many; the limit is {largest:,}")]


def test_what_is_not_there_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"

    assert rejected(path) == [(str(path), "there is no such file or folder")]


def test_unknown_endings_of_named_files_are_rejected(tmp_path: Path) -> None:
    picture, bare, old = write(tmp_path / "a.png"), write(tmp_path / "README"), write(tmp_path / "a.Doc")

    reasons = [reason for _, reason in rejected(picture, bare, old)]

    read = ".txt, .md, .markdown, .html, .htm, .jsonl, .ndjson, .pdf, .docx, .eml are"
    assert reasons == [
        f"files ending in .png are not read; {read}",
        f"files ending in nothing are not read; {read}",
        f"files ending in .Doc are not read; {read}; save as .docx",
    ]


def test_a_pipe_is_rejected_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.txt"
    os.mkfifo(path)

    assert rejected(path) == [(str(path), "it is neither a file nor a folder")]
    assert rejected(tmp_path) == [(str(path), "it is neither a file nor a folder")]


@pytest.mark.skipif(
    not MEMORY.exists(), reason="only Linux has a file that nobody can read from its beginning"
)
def test_a_file_that_cannot_be_read_is_rejected_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(MEMORY)
    write(tmp_path / "b.txt")

    first, second = read_files([tmp_path / "a.txt", tmp_path / "b.txt"])

    assert first == Rejected(str(tmp_path / "a.txt"), "Input/output error")
    assert isinstance(second, Article)


def test_files_and_folders_without_permission_are_rejected_and_the_rest_goes_on(unprivileged: Path) -> None:
    secret, closed = write(unprivileged / "a.txt"), write(unprivileged / "closed" / "b.txt")
    write(unprivileged / "z.txt")
    secret.chmod(0)
    closed.parent.chmod(0o400)  # names can be listed, files not looked at

    found = list(read_files([unprivileged, closed]))

    closed.parent.chmod(0o700)
    denied = [Rejected(str(path), "Permission denied") for path in (secret, closed)]
    assert found[:3] == [denied[1], *denied]  # one that cannot be looked at is told before any is read
    assert isinstance(found[3], Article)
    assert found[4:] == []


def test_a_name_that_is_no_unicode_can_be_shown_and_stored(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe3\xe0\xe7.txt"))
    write(path)
    broken = write(path.with_name(f"{path.stem}.md"), "")

    (article,) = articles(path)
    assert (article.source, article.key) == ("???.txt", f"{tmp_path.as_uri()}/%E3%E0%E7.txt")
    assert rejected(broken) == [(f"{tmp_path}/???.md", "text: there is none")]


# Folders


def test_a_folder_is_read_to_its_depth_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/b/c.md", "c.txt", "image.png", "notes", "a/archive.zip"):
        write(tmp_path / name)

    keys = [article.key for article in articles(tmp_path)]

    assert keys == [(tmp_path / name).as_uri() for name in ("a/b/c.md", "a/z.txt", "b.txt", "c.txt")]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    root = tmp_path / ".hidden itself"
    for name in (".a.txt", ".git/a.txt", "a/.b/c.txt", "a/..c.txt", "shown.txt"):
        write(root / name)

    assert [article.source for article in articles(root)] == ["shown.txt"]
    assert [article.source for article in articles(root / ".a.txt")] == [".a.txt"]  # asked for by name


OUT = "it is a link that leads out of the folder, so it is not followed; name it to have it read"


def test_links_that_lead_in_circles_or_nowhere_are_named_and_no_obstacle(tmp_path: Path) -> None:
    write(tmp_path / "a" / "a.txt")
    circle = tmp_path / "a" / "self.txt"
    circle.symlink_to(circle)
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "gone.txt").symlink_to(tmp_path / "gone.txt")

    gone, problem, article = read_files([tmp_path])

    assert gone == Rejected(str(tmp_path / "a" / "gone.txt"), "it is a link that leads to nothing")
    assert problem == Rejected(str(circle), "it is a link that leads in a circle")
    assert isinstance(article, Article)
    assert article.source == "a.txt"
    assert rejected(circle)[0][1] == "there is no such file or folder"


def test_a_link_out_of_a_folder_is_named_and_not_followed_unless_somebody_names_it(tmp_path: Path) -> None:
    secret, drop = write(tmp_path / "secrets" / "secret.txt", "The password is 1234."), tmp_path / "drop"
    drop.mkdir()
    by_file, by_folder = drop / "news.txt", drop / "more"
    by_file.symlink_to(secret)
    by_folder.symlink_to(secret.parent, target_is_directory=True)

    named = [(str(by_folder), OUT), (str(by_file), OUT)]
    assert rejected(drop) == named
    assert rejected(drop / "*.txt") == named[1:]
    assert rejected(drop / "*" / "*.txt") == [(f"{by_folder}/secret.txt", OUT)]
    assert rejected(drop / "**") == named
    assert [article.text for article in articles(by_file)] == ["The password is 1234."]
    assert [article.text for article in articles(by_folder)] == ["The password is 1234."]
    assert [article.text for article in articles(by_folder / "*.txt")] == ["The password is 1234."]


def test_what_a_link_inside_a_folder_leads_to_is_read_once(tmp_path: Path) -> None:
    write(tmp_path / "a.txt", "Once.")
    write(tmp_path / "..data" / "hidden.txt", "Twice.")
    for name, target in (("b.txt", "a.txt"), ("c.txt", "..data/hidden.txt"), ("d.txt", "..data/hidden.txt")):
        (tmp_path / name).symlink_to(tmp_path / target)

    assert [article.text for article in articles(tmp_path)] == ["Once.", "Twice."]
    assert [article.text for article in articles(tmp_path / "*.txt")] == ["Once.", "Twice."]


def test_a_link_or_a_pipe_that_took_a_files_place_meanwhile_is_not_read(tmp_path: Path) -> None:
    secret = write(tmp_path / "secret.txt", "The password is 1234.")
    first, second = write(tmp_path / "drop" / "a.txt"), write(tmp_path / "drop" / "b.txt")
    reading = read_files([tmp_path / "drop"])
    first.unlink()
    second.unlink()
    first.symlink_to(secret)
    os.mkfifo(second)

    assert [*reading] == [
        Rejected(str(first), "it is a link by now, and leads out of the folder"),
        Rejected(str(second), "it is no file"),
    ]


@pytest.mark.parametrize("swapped", ["a.txt", ""])
def test_a_link_that_is_no_link_while_it_is_looked_at_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
) -> None:
    secret = write(tmp_path / "secrets" / "a.txt", "The password is 1234.")
    found = write(tmp_path / "drop" / "news" / "a.txt", "It was calm.")
    reading = read_files([tmp_path / "drop"])
    name, away = tmp_path / "drop" / "news" / swapped, tmp_path / "away"
    look, open_, state = os.path.realpath, os.open, os.stat

    def be_link() -> None:
        if not os.path.islink(name):  # noqa: PTH114 (pathlib asks what is patched here)
            name.rename(away)
            name.symlink_to(secret if swapped else secret.parent)

    def be_itself() -> None:
        if os.path.islink(name):  # noqa: PTH114
            name.unlink()
            away.rename(name)

    def swap(do: Callable[..., Any], before: Callable[[], None]) -> Callable[..., Any]:
        def done(path: Any, *how: Any, **more: Any) -> Any:  # noqa: ANN401 (whatever the system's does)
            if str(path).endswith((str(found), "a.txt", "news")):
                before()
            return do(path, *how, **more)

        return done

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", swap(open_, be_link))
        patched.setattr(os.path, "realpath", swap(look, be_itself))
        patched.setattr(Path, "stat", swap(state, be_link))
        read = [*reading]

    assert read == [Rejected(str(found), "it is a link by now, and leads out of the folder")]


def test_sockets_pipes_and_devices_in_a_folder_are_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.txt"))
        write(tmp_path / "z.txt", "It was calm.")

        assert [one.reason if isinstance(one, Rejected) else one.text for one in read_files([tmp_path])] == [
            "it is neither a file nor a folder",
            "it is neither a file nor a folder",
            OUT,
            "It was calm.",
        ]
        fitting = read_files([tmp_path / "p*.txt"])
        assert [*fitting] == [Rejected(str(tmp_path / "pipe.txt"), "it is neither a file nor a folder")]


def test_a_folder_with_the_name_of_a_file_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "folder.txt" / "a.txt")

    assert [article.source for article in articles(tmp_path)] == ["a.txt"]
    assert [article.source for article in articles(tmp_path / "folder.txt")] == ["a.txt"]


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert list(read_files([tmp_path])) == []


def test_what_is_broken_in_a_folder_does_not_stop_the_rest(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "---\ntitle: [\n---\nText.")
    write(tmp_path / "b.txt", b"\xff")
    write(tmp_path / "c.html", "<html></html>")
    write(
        tmp_path / "d.jsonl",
        '{"text": 5}\n{"text": "It was calm.", "url": "javascript:alert(1)"}\n{"text": "Calm."}',
    )
    write(tmp_path / "e.md", "---\npublished: yesterday\n---\nText.")
    write(tmp_path / "f.txt")

    found = list(read_files([tmp_path]))

    assert [type(one).__name__ for one in found] == ["Rejected"] * 5 + ["Article", "Rejected", "Article"]
    assert [one.place.removeprefix(f"{tmp_path}/") for one in found if isinstance(one, Rejected)] == [
        "a.md",
        "b.txt",
        "c.html",
        "d.jsonl, line 1",
        "d.jsonl, line 2",
        "e.md",
    ]


# Patterns, and what is passed over


def read_all(path: Path) -> tuple[list[str], int]:
    """The sources of all articles, and how many files were passed over."""
    reading = read_files([path])
    found = [one.source if isinstance(one, Article) else f"rejected: {one.reason}" for one in reading]
    return found, sum(kind.number for kind in reading.selection.passed_over)


def test_files_of_other_kinds_in_folders_are_counted(tmp_path: Path) -> None:
    for name in ("a.txt", "b/c.png", "b/d.txt", "e", ".hidden.png", "~$f.docx", ".git/config"):
        write(tmp_path / name)

    assert read_all(tmp_path) == (["a.txt", "d.txt"], 2)


def test_of_files_of_other_kinds_each_kind_is_counted_with_its_first_file(tmp_path: Path) -> None:
    for name in ("a/b.doc", "a/C.DOC", "b/a.doc", "b/c.png", "e"):
        write(tmp_path / name)

    found = read_files([tmp_path / "a", tmp_path / "b", tmp_path / "*"]).selection.passed_over

    assert [(kind.ending, kind.number, kind.example) for kind in found] == [
        (".doc", 6, tmp_path / "a" / "C.DOC"),
        (".png", 2, tmp_path / "b" / "c.png"),
        ("", 1, tmp_path / "e"),
    ]


@pytest.mark.parametrize(
    "pattern, found, passed_over",
    [
        ("*.txt", ["a.txt"], 0),
        ("*", ["a.txt", "c.md", "d.txt"], 2),  # folders that fit are read
        ("**/*.txt", ["a.txt", "d.txt"], 0),
        ("**", ["a.txt", "c.md", "d.txt"], 2),
        ("b/[cd].*", ["c.md", "d.txt"], 1),
        ("b/?.txt", ["d.txt"], 0),
        ("*.pdf", ["rejected: no file fits this pattern"], 0),
        ("gone/*", ["rejected: no file fits this pattern"], 0),
    ],
)
def test_patterns_that_no_shell_expanded_are_expanded(
    tmp_path: Path, pattern: str, found: list[str], passed_over: int
) -> None:
    for name in ("a.txt", "b/c.md", "b/c.png", "b/d.txt", "e.png", ".hidden.txt"):
        write(tmp_path / name)

    assert read_all(tmp_path / pattern) == (found, passed_over)


def test_patterns_hold_for_relative_paths_and_links_lead_in_no_circle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a" / "a.txt")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    monkeypatch.chdir(tmp_path)

    assert read_all(Path("**/*.txt")) == (["a.txt"], 0)


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    write(tmp_path / "a[1].txt")
    write(tmp_path / "a1.txt")

    assert read_all(tmp_path / "a[1].txt") == (["a[1].txt"], 0)


def test_a_folder_that_cannot_be_listed_is_named_and_the_rest_goes_on(unprivileged: Path) -> None:
    closed = write(unprivileged / "closed" / "a.txt").parent
    write(unprivileged / "b.txt")
    closed.chmod(0)

    found = list(read_files([unprivileged]))

    closed.chmod(0o700)
    assert found[0] == Rejected(str(closed), "Permission denied")
    assert isinstance(found[1], Article)


# What was known before


def test_a_stated_source_stays_until_another_is_stated(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt")
    with closing(Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))) as corpus:

        def add(**stated: object) -> tuple[str, Change]:
            (article,) = read_files([path], stated=stated, known=corpus.find)
            assert isinstance(article, Article)
            return article.source, corpus.put(article)

        assert add(source="Agency") == ("Agency", Change.ADDED)
        assert add() == ("Agency", Change.UNCHANGED)
        write(path, "It is loud.")
        assert add() == ("Agency", Change.REVISED)
        assert add(source="Herald") == ("Herald", Change.REVISED)
        write(path.with_suffix(".md"), "---\nsource: Own\n---\nIt was calm.")
        path = path.with_suffix(".md")
        assert add() == ("Own", Change.ADDED)


def test_a_stated_day_stays_until_another_is_stated_or_the_file_says_one(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md")
    with closing(Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))) as corpus:

        def add(**stated: object) -> tuple[object, Change]:
            (article,) = read_files([path], stated=stated, known=corpus.find)
            assert isinstance(article, Article)
            return article.published, corpus.put(article)

        assert add(published="2022-01-05") == (date(2022, 1, 5), Change.ADDED)
        assert add() == (date(2022, 1, 5), Change.UNCHANGED)
        assert add(published="2022-01-06") == (date(2022, 1, 6), Change.REVISED)
        write(path, "---\npublished: 2022-01-07\n---\nIt was calm.")
        assert add() == (date(2022, 1, 7), Change.REVISED)


# Keys of articles that share a file


def test_articles_that_share_a_file_are_told_apart_by_url_else_id_else_words(tmp_path: Path) -> None:
    raws: list[dict[str, object]] = [
        {"id": 1, "text": "A.", "url": "https://example.org/1"},
        {"id": 2, "text": "B."},
        {"id": "two words", "text": "C."},
        {"id": 0, "text": "D."},
        {"id": "", "text": "E."},
        {"id": ["list"], "text": "F."},
        {"text": "G.  H."},
    ]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, raws)))

    keys = [article.key.removeprefix(path.as_uri()) for article in articles(path)]

    assert keys[:4] == ["https://example.org/1", "#id=2", "#id=two words", "#id=0"]
    assert {key.partition("=")[0] for key in keys[4:]} == {"#sha256"}
    assert len(set(keys)) == 7


def test_an_article_known_by_its_words_is_the_same_on_another_line_and_with_other_spaces(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.jsonl"
    first = articles(write(path, '{"text": "It was calm. Nobody came."}'))
    second = articles(
        write(path, '\n{"text": "A."}\n{"text": "It was calm.\\nNobody came.", "title": "New"}')
    )

    assert second[1].key == first[0].key


def test_a_line_with_an_impossible_id_is_stored_all_the_same(tmp_path: Path, corpus: Corpus) -> None:
    raws = [{"id": "\0\ud800", "text": "A."}, {"id": "x" * 10_000, "text": "B."}]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, raws)))

    assert [corpus.put(article) for article in articles(path)] == [Change.ADDED] * 2
    assert [corpus.put(article) for article in articles(path)] == [Change.UNCHANGED] * 2


def test_a_corrected_file_is_a_revision_of_its_article(tmp_path: Path, corpus: Corpus) -> None:
    path = write(tmp_path / "a.txt", "It was calm.")
    corpus.put(*articles(path))
    write(path, "It was not calm.")

    assert corpus.put(*articles(path)) is Change.REVISED
    assert [revision.text for revision in corpus.articles()] == ["It was not calm."]


# The briefs that ship with the bot


def test_the_bundled_briefs_are_articles_named_by_their_files() -> None:
    briefs = list(read_bundled())

    assert len(briefs) == len(list(files.BUNDLED.glob("*.md")))
    assert [brief.key for brief in briefs] == sorted(brief.key for brief in briefs)
    assert {(brief.key[:8], brief.obtained, brief.source) for brief in briefs} == {
        ("bundled:", "bundled", "Crisisbot brief")
    }
    assert all(isinstance(brief.published, date) and brief.title and brief.text for brief in briefs)


def test_putting_the_bundled_briefs_twice_changes_nothing(sqlite_file_url: str) -> None:
    with closing(Corpus.open(sqlite_file_url)) as corpus:
        assert {corpus.put(brief) for brief in read_bundled()} == {Change.ADDED}
        assert {corpus.put(brief) for brief in read_bundled()} == {Change.UNCHANGED}


def test_the_bundled_digest_is_another_when_a_brief_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bundled_digest()
    assert before == bundled_digest()
    for path in files.BUNDLED.glob("*.md"):
        write(tmp_path / path.name, path.read_bytes())
    monkeypatch.setattr(files, "BUNDLED", tmp_path)
    assert bundled_digest() == before

    first = min(tmp_path.glob("*.md"))
    first.write_bytes(first.read_bytes() + b"\n")
    changed = bundled_digest()
    first.rename(first.with_name("renamed.md"))

    assert len({before, changed, bundled_digest()}) == 3
