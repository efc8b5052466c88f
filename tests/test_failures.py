"""What goes wrong around a process: full disks, read-only ones, databases that go away, crowds of entries.

Each is real: a small disk of its own, a PostgreSQL that is stopped, a server with 10,000 entries. People are
told what to do, and when that is done, all goes on and nothing is lost.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from corpus.database import sqlite_url
from corpus.store import Corpus
from tests.fakes.articles import write_long_article
from tests.fakes.command_line import CommandLine, clean_environment
from tests.fakes.postgresql import NoPostgresql, Postgresql
from tests.fakes.web import Web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_model", "quiet_logging")]

#: Seconds in which what must come has come, on a busy machine.
SOON = 60.0

#: Articles of a hundred sentences each.
ARTICLES = 3

#: Sentences of an entry: so many that it is the whole article.
SENTENCES = 12

ENTRIES = 10_000

#: A program that runs another one, and says how much memory that took at most.
MEASURED = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)

#: Megabytes that reading them may take at most, beside the 8 MB that they are, with Python and all libraries.
MEMORY_MB = 350


@dataclass(frozen=True)
class SmallDisk:
    """A disk of its own, in memory."""

    path: Path

    def becomes(self, option: str) -> None:
        """Change its size, or whether it can be written."""
        subprocess.run(["mount", "-o", f"remount,{option}", self.path], check=True)  # noqa: S607


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    with tempfile.TemporaryDirectory(prefix="crisisbot-disk-") as folder:
        try:
            mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder]
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("only root can make a disk of a certain size")
        yield SmallDisk(Path(folder))
        subprocess.run(["umount", folder], check=True)  # noqa: S607


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with articles."""
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(ARTICLES):
        written = write_long_article(number)
        head = f"---\ntitle: {written.title}\nsource: Test\nlanguage: en\n---\n"
        (folder / f"{number}.md").write_text(head + written.text, encoding="utf-8")
    return folder


class Bare(CommandLine):
    """Commands over a data folder without the bundled briefs."""

    def starts(self, *words: str | Path, **environment: str) -> subprocess.Popen[str]:
        return super().starts(*words, CRISISBOT_BUNDLED="0", **environment)

    def ends(self, *words: str | Path, **environment: str) -> tuple[int, str]:
        """Run a command in a process of its own; return its exit code and all it said."""
        process = self.starts(*words, **environment)
        out, err = process.communicate(timeout=SOON)
        return process.returncode, out + err

    def says(self, *words: str | Path, **environment: str) -> str:
        return super().says(*words, CRISISBOT_BUNDLED="0", **environment)

    @property
    def passages(self) -> int:
        """How many passages can be found."""
        lines = map(json.loads, self.says("index", "list", "--json").splitlines())
        return sum(generation["passages"] for generation in lines if generation["current"])


def titles(database_url: str) -> list[str]:
    with closing(Corpus.open(database_url)) as corpus:
        return sorted(revision.title for revision in corpus.articles())


def wait_until(is_so: Callable[[], bool]) -> None:
    patience_ends = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < patience_ends, "it did not come"
        time.sleep(0.05)


def check_all_is_there_once(crisisbot: Bare) -> None:
    assert titles(sqlite_url(crisisbot.data / "corpus.sqlite")) == [f"Article {n}" for n in range(ARTICLES)]
    assert crisisbot.passages == 100 * ARTICLES
    assert "it holds exactly the passages of the articles" in crisisbot.says("doctor")


@pytest.mark.parametrize(
    "size, told",
    [
        ("300k", r"the database .* does not work: database or disk is full; make room on its disk$"),
        ("700k", r"No space left on device; make room on its disk; articles that are stored stay"),
    ],
)
def test_on_a_full_disk_people_are_told_to_make_room_and_then_all_is_there_once(
    disk: SmallDisk, files: Path, size: str, told: str
) -> None:
    crisisbot = Bare(disk.path / "data")
    disk.becomes(f"size={size}")

    code, said = crisisbot.ends("add", files)

    assert code == 1
    assert re.search(told, said.strip()), said
    assert "Traceback" not in said
    disk.becomes("size=64m")
    crisisbot.says("add", files)
    check_all_is_there_once(crisisbot)


def test_who_follows_on_a_full_disk_says_so_and_goes_on_when_there_is_room(
    disk: SmallDisk, files: Path
) -> None:
    crisisbot = Bare(disk.path / "data")
    disk.becomes("size=700k")
    assert crisisbot.ends("add", files)[0] == 1

    with following(crisisbot, "sync", "--follow") as log:
        wait_until(lambda: "the index cannot follow the articles: [Errno 28] No space left" in log())
        disk.becomes("size=64m")
        wait_until(lambda: f"the index follows: {100 * ARTICLES} passages came" in log())

    check_all_is_there_once(crisisbot)


def test_where_a_second_index_does_not_fit_that_is_said_before_it_is_built(
    disk: SmallDisk, files: Path
) -> None:
    crisisbot = Bare(disk.path / "data")
    crisisbot.says("add", files)
    used = sum(path.stat().st_blocks * 512 for path in disk.path.rglob("*") if path.is_file())
    disk.becomes(f"size={used + 300_000}")

    told = crisisbot.says("doctor")
    code, said = crisisbot.ends("sync", "--rebuild")

    assert re.search(r"takes about \d+ MB more, and 0 MB are free; make room before `crisisbot sync", told)
    assert code == 1
    assert re.search(r"no room for a second index in .*: building it anew takes about \d+ MB more", said), (
        said
    )
    assert "all checksums right" in crisisbot.says("index", "verify")
    disk.becomes("size=64m")
    assert crisisbot.ends("sync", "--rebuild")[0] == 0
    check_all_is_there_once(crisisbot)


def test_a_disk_that_fills_while_the_index_is_built_anew_keeps_nothing_of_that(
    disk: SmallDisk, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crisisbot = Bare(disk.path / "data")
    crisisbot.says("add", files)
    before = {path.name for path in disk.path.glob("data/index/*/*")}
    used = sum(path.stat().st_blocks * 512 for path in disk.path.rglob("*") if path.is_file())
    disk.becomes(f"size={used + 300_000}")

    monkeypatch.setattr("index.room.TIMES", 0)  # as if others filled it meanwhile
    result = crisisbot.types("sync", "--rebuild", CRISISBOT_BUNDLED="0")

    assert result.exit_code == 1
    assert "No space left on device; make room on its disk" in result.stderr
    left = {path.name for path in disk.path.glob("data/index/*/*")}
    assert left == before | {"rebuilding.lock"}
    check_all_is_there_once(crisisbot)


def test_on_a_read_only_disk_people_are_told_so_and_later_all_goes_on(disk: SmallDisk, files: Path) -> None:
    crisisbot = Bare(disk.path / "data")
    (files / "0.md").rename(late := files.parent / "late.md")
    crisisbot.says("add", files)
    disk.becomes("ro")

    for command in (["add", str(late)], ["sync"], ["articles", "remove", "1"], ["ask", "who said babab?"]):
        result = crisisbot.types(*command, CRISISBOT_BUNDLED="0")
        assert result.exit_code == 1
        assert "look whether its folder is there and that, and its disk, can be written" in result.stderr
    result = crisisbot.types("doctor", CRISISBOT_BUNDLED="0")
    assert result.exit_code == 1
    assert "cannot be written (Read-only file system); make it writable, or choose" in result.stdout
    assert "all checksums right" in crisisbot.says("index", "verify")

    disk.becomes("rw")
    crisisbot.says("add", late)
    check_all_is_there_once(crisisbot)


@pytest.fixture
def server() -> Iterator[Postgresql]:
    try:
        with Postgresql() as started:
            yield started
    except NoPostgresql as error:
        pytest.skip(str(error))


def test_when_postgresql_goes_away_and_comes_back_indexer_and_poller_go_on_by_themselves(
    server: Postgresql, tmp_path: Path
) -> None:
    url, crisisbot = server.new_database(), Bare(tmp_path / "data")
    with Web() as web:
        environment = {"DATABASE_URL": url, "CRISISBOT_FETCH_TRUSTED": web.place}
        web.says("/feed", feed(range(1)), content_type="application/rss+xml")
        add_the_feed = ("feed", "add", web.url("/feed"), "--language", "en")
        crisisbot.says(*add_the_feed, **environment)
        with (
            following(crisisbot, "sync", "--follow", **environment) as indexer,
            following(crisisbot, "feed", "poll", "--follow", **environment) as poller,
        ):
            wait_until(lambda: "the index follows: 12 passages came" in indexer())
            server.stop()
            wait_until(lambda: "the index cannot follow the articles: the database" in indexer())
            wait_until(lambda: "look whether its server runs and can be reached; again in 5 s" in poller())
            web.says("/feed", feed(range(2)), content_type="application/rss+xml")
            server.start()
            crisisbot.says(*add_the_feed, **environment)  # it is due at once
            wait_until(lambda: indexer().count("the index follows: 12 passages came") == 2)

    assert titles(url) == ["Report 0", "Report 1"]


def test_of_ten_thousand_entries_the_newest_are_read_without_much_memory(tmp_path: Path) -> None:
    crisisbot = Bare(tmp_path / "data")
    with Web() as web:
        web.says("/feed", feed(range(ENTRIES)), content_type="application/rss+xml")
        environment = {"CRISISBOT_FETCH_TRUSTED": web.place}
        crisisbot.says("feed", "add", web.url("/feed"), "--language", "en", **environment)

        poll = [sys.executable, "-m", "bot", "--data", str(crisisbot.data), "feed", "poll", "1"]
        ended = subprocess.run(
            [sys.executable, "-c", MEASURED, *poll],
            env=clean_environment(CRISISBOT_BUNDLED="0", **environment),
            capture_output=True,
            encoding="utf-8",
            check=True,
        )

    said = ended.stdout + ended.stderr
    assert "200 added, 9,800 entries left for the next polls" in said
    assert "feed 1: the newest 200 of 10000 new entries are read now" in said
    assert "feed 1: 150 of 200 entries are read" in said
    newest = sorted(f"Report {number}" for number in range(ENTRIES - 200, ENTRIES))
    assert titles(sqlite_url(crisisbot.data / "corpus.sqlite")) == newest
    if sys.platform == "linux":  # elsewhere it is counted in other units
        assert int(ended.stdout.split()[-1]) < MEMORY_MB * 1_024


def feed(numbers: range) -> str:
    """Write a feed that holds all of its articles, one a minute."""
    items = "".join(
        f"<item><title>Report {n}</title><link>/{n}</link>"
        f"<pubDate>Wed, {5 + n // 1_440:02} Jan 2022 {n // 60 % 24:02}:{n % 60:02}:00 +0000</pubDate>"
        f"<content:encoded>&lt;p&gt;{content(n)}&lt;/p&gt;</content:encoded></item>"
        for n in numbers
    )
    namespace = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return f"<rss {namespace}><channel><title>Crowd</title>{items}</channel></rss>"


def content(number: int) -> str:
    words = [f"{word}{number}" for word in ("bridge", "mayor", "gas", "train", "flour", "river")]
    return " ".join(
        f"The {words[i % 6]} of {number} was seen {i} times with {' and '.join(words)} by all who looked."
        for i in range(SENTENCES)
    )


@contextmanager
def following(crisisbot: Bare, *words: str, **environment: str) -> Iterator[Callable[[], str]]:
    """Run a command that goes on for as long; give what reads all that it said, and is alive."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "--data", str(crisisbot.data), *words],
            stdin=subprocess.DEVNULL,
            stderr=err,
            env=clean_environment(CRISISBOT_BUNDLED="0", CRISISBOT_REFRESH_SECONDS="0.05", **environment),
        )

        def said() -> str:
            err.seek(0)
            return err.read()

        try:
            yield said
            assert process.poll() is None, said()
        finally:
            process.terminate()
            assert process.wait(SOON) == 0
            last = said()
        assert "Traceback" not in last
