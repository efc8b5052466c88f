"""`crisisbot watch`: what comes into a folder becomes articles; nothing is lost, and a signal ends it."""

from __future__ import annotations

import logging
import shutil
import signal
import threading
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bot.watching import Watch, Watcher
from corpus.articles import Article, ArticleId
from corpus.database import sqlite_url
from corpus.errors import DatabaseUnavailable
from corpus.sources.files import read_files
from corpus.store import Change, Corpus
from tests.fakes.documents import Page, docx, paragraph, pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fakes.command_line import CommandLine


class Ended(Exception):
    """The story of a test is told."""


class Story:
    """A watched folder, and what happens between the looks; each look takes no time and is waited for."""

    def __init__(self, corpus: Corpus, folder: Path) -> None:
        self.corpus, self.folder = corpus, folder
        self.waits: list[float] = []
        self.follows = 0
        self.is_ready = True  # the index can be written
        folder.mkdir(exist_ok=True)

    def tell(
        self, *events: Callable[[], object], source: str | None = None, remove_deleted: bool = False
    ) -> None:
        """Watch; after the first look and after every fourth one, the next event happens."""
        now, left, looks = 0.0, list(events), 0

        def wait(seconds: float) -> None:
            nonlocal now, looks
            self.waits.append(seconds)
            now += max(seconds, 2)
            looks += 1
            if looks % 4 == 0:
                if not left:
                    raise Ended
                left.pop(0)()

        watch = Watch(self.folder, {"source": source} if source else {}, remove_deleted=remove_deleted)
        with pytest.raises(Ended):
            Watcher(self.corpus, watch, self.follow, clock=lambda: now, wait=wait).run()

    def follow(self) -> None:
        if not self.is_ready:
            raise OSError(28, "No space left on device")
        self.follows += 1

    def write(self, name: str, content: str | bytes = "It was calm.") -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def deletes(self, name: str) -> Callable[[], None]:
        return (self.folder / name).unlink

    def writes(self, name: str, content: str | bytes = "It was calm.") -> Callable[[], None]:
        return lambda: self.write(name, content)

    @property
    def texts(self) -> list[str]:
        return sorted(revision.text for revision in self.corpus.articles())


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    with closing(Corpus.open(sqlite_url(tmp_path / "corpus.sqlite"))) as corpus:
        yield Story(corpus, tmp_path / "news")


def test_what_is_there_and_what_comes_is_stored_and_the_index_follows_each_time(story: Story) -> None:
    story.write("a.txt")
    story.write("b/c.docx", docx(paragraph("It is loud.")))

    story.tell(story.writes("d.pdf", pdf(Page().write("It was seen."))), story.writes("e.png"))

    assert story.texts == ["It is loud.", "It was calm.", "It was seen."]
    assert story.follows == 2


def test_kinds_that_are_passed_over_are_named_when_they_come(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    story.write("a.png")
    story.write("b.doc")

    story.tell(story.writes("c.png"), story.writes("d.doc"))

    told = [one.getMessage() for one in caplog.records if "passed over" in one.getMessage()]
    assert told == [
        f"passed over: 1 .doc, such as {story.folder}/b.doc; save as .docx",
        f"passed over: 1 .png, such as {story.folder}/a.png",
        f"passed over: 2 .doc, such as {story.folder}/b.doc; save as .docx",
    ]


def test_what_is_known_of_a_file_stays_when_it_is_watched_without_that(story: Story) -> None:
    story.write("a.txt")
    (article,) = read_files([story.folder], stated={"source": "Agency", "published": "2022-01-05"})
    assert isinstance(article, Article)
    story.corpus.put(article)

    story.tell(story.writes("a.txt", "It is loud."))

    (revision,) = story.corpus.articles()
    assert (revision.text, revision.number) == ("It is loud.", 2)
    assert (revision.source, revision.published) == ("Agency", date(2022, 1, 5))


def test_a_changed_file_is_a_revision_and_unchanged_ones_change_nothing_after_a_restart(story: Story) -> None:
    story.write("a.txt")
    story.tell(story.writes("a.txt", "It is loud."), source="Agency")
    before = story.corpus.state()

    story.tell()

    (article,) = story.corpus.articles()
    assert (article.text, article.number, article.source) == ("It is loud.", 2, "Agency")
    assert story.corpus.state() == before
    assert story.follows == 2


def test_a_broken_file_is_told_and_the_rest_goes_on(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    story.write("\x1b[2J.md", "---\n[\n---\n")
    story.write("b.txt")
    with caplog.at_level(logging.INFO):
        story.tell()
    assert story.texts == ["It was calm."]
    assert "[2J.md: the header between the --- lines is no YAML" in caplog.text
    assert "1 not read, 1 added" in caplog.text
    assert "\x1b" not in caplog.text


def test_a_deleted_file_leaves_its_article_alone(story: Story) -> None:
    story.write("a.txt")
    story.tell(story.deletes("a.txt"))
    assert story.texts == ["It was calm."]


def test_where_it_is_wanted_an_article_goes_and_comes_back_with_its_file(story: Story) -> None:
    story.write("a.txt")
    story.write("b.txt", "It is loud.")
    seen: list[list[str]] = []
    events = (story.deletes("a.txt"), lambda: seen.append(story.texts), story.writes("a.txt"))
    story.tell(*events, remove_deleted=True)
    assert seen == [["It is loud."]]
    assert story.texts == ["It is loud.", "It was calm."]
    assert story.follows == 3


def test_files_that_were_deleted_while_nobody_watched_are_noticed(story: Story) -> None:
    for name in ("a.txt", "b.txt", "c.jsonl"):
        story.write(name, f'{{"text": "It was {name}."}}')
    story.tell()
    story.deletes("a.txt")()
    story.tell()
    assert len(story.texts) == 3

    story.tell(remove_deleted=True)

    assert [text[:12] for text in story.texts] == ["It was c.jso", '{"text": "It']
    for name in ("b.txt", "c.jsonl"):
        story.deletes(name)()
    story.tell(remove_deleted=True)
    assert len(story.texts) == 2  # an empty folder may be a drive that is not connected


def test_an_article_that_another_file_holds_too_stays(story: Story) -> None:
    page = "---\nurl: https://example.org/1\n---\nIt was calm."
    story.write("a.md", page)
    story.write("b.md", page)
    story.tell(story.deletes("a.md"), remove_deleted=True)
    assert story.texts == ["It was calm."]


def test_an_article_that_a_person_removed_stays_removed(story: Story) -> None:
    story.write("a.txt")
    story.tell()
    story.corpus.remove(ArticleId(1), because="withdrawn")
    story.tell(story.writes("a.txt", "It is loud."))
    assert story.texts == []


def test_a_folder_that_vanishes_is_waited_for(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    story.write("a.txt")
    aside = story.folder.with_name("aside")
    back = story.folder
    with caplog.at_level(logging.INFO):
        story.tell(
            lambda: back.rename(aside),
            lambda: aside.rename(back),
            story.writes("b.txt", "It is loud."),
            remove_deleted=True,
        )
    assert story.texts == ["It is loud.", "It was calm."]
    assert caplog.text.count("cannot be looked into; watching goes on when it can") == 1
    shutil.rmtree(back)


def test_what_cannot_be_stored_now_is_stored_later(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    put, fails = story.corpus.put, [True] * 3

    def unlucky(*args: object, **options: object) -> Change:
        if fails:
            fails.pop()
            raise DatabaseUnavailable("the database is full")
        return put(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(story.corpus, "put", unlucky)
    story.write("a.txt")
    story.tell(lambda: None)
    assert story.texts == ["It was calm."]
    assert story.waits[:5] == [2, 4, 8, 16, 2]


def test_an_index_that_cannot_follow_is_tried_again_though_nothing_else_comes(story: Story) -> None:
    story.write("a.txt")
    story.is_ready = False
    story.tell(lambda: setattr(story, "is_ready", True))
    assert story.follows == 1


# Whole commands


def test_a_folder_that_is_not_there_is_a_wrong_command(nothing_yet: CommandLine, tmp_path: Path) -> None:
    result = nothing_yet.types("watch", tmp_path / "gone")
    assert result.exit_code == 2
    assert "does not exist" in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_whole_process_at_once_with_all_it_said_it_had(
    crisisbot: CommandLine, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("A zebra named Marty escaped from the zoo of Karaganda.", encoding="utf-8")
    with crisisbot.starts("watch", folder, "--every", "0.2", "--source", "Herald") as process:
        killer = threading.Timer(60, process.kill)
        killer.start()
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        told = next(line for line in lines if "added" in line)
        process.send_signal(number)
        rest = process.stderr.read()
        assert process.wait(10) == 0
        killer.cancel()
    assert told.endswith("INFO bot.watching: 1 added\n")
    assert rest.splitlines()[-1].endswith(
        "INFO bot.signals: ended by a signal; what is stored stays, and the next start goes on from there"
    )
    assert "Herald" in crisisbot.says("articles", "list")
