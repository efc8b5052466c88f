"""A watched folder: every file is taken once, whole, and nothing is gone that only cannot be seen."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from corpus.articles import Article
from corpus.sources.watching import Look, WatchedFolder

if TYPE_CHECKING:
    from pathlib import Path

#: Seconds for which a file must stay as it is.
SETTLED = 2.0


class Watched:
    """A folder with a clock that goes on by a second with each look."""

    def __init__(self, path: Path) -> None:
        self.path, self.now = path, 0.0
        path.mkdir(exist_ok=True)
        self.folder = WatchedFolder(path, settled_s=SETTLED, clock=lambda: self.now)

    def look(self, *, later: float = 1.0) -> Look:
        self.now += later
        return self.folder.look()

    def takes(self, *, looks: int = 4) -> list[str]:
        """Look some times, read all that is complete; return the texts of the articles."""
        texts: list[str] = []
        for _ in range(looks):
            for file in self.look().complete:
                texts += [one.text for one in self.folder.read(file) if isinstance(one, Article)]
        return texts

    def goes(self, *, looks: int = 4) -> list[str]:
        return [file.name for _ in range(looks) for file in self.look().gone]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "news")


def test_a_file_is_complete_when_it_has_not_changed_for_a_while(watched: Watched) -> None:
    file = watched.path / "a.txt"
    file.write_text("It")
    assert watched.look().complete == ()
    assert watched.look().complete == ()
    file.write_text("It was calm.")  # somebody is still writing
    assert [watched.look().complete for _ in range(3)] == [(), (), (file,)]


def test_a_file_is_taken_once_and_again_when_it_changes(watched: Watched) -> None:
    file = watched.path / "a.txt"
    file.write_text("It was calm.")
    assert watched.takes() == ["It was calm."]
    assert watched.takes() == []
    file.write_text("It is loud.")
    assert watched.takes() == ["It is loud."]


def test_a_file_of_the_same_size_and_time_that_took_its_place_is_another_one(watched: Watched) -> None:
    file, fresh = watched.path / "a.txt", watched.path / ".fresh"
    file.write_text("It was calm.")
    assert watched.takes() == ["It was calm."]
    fresh.write_text("It was loud.")
    os.utime(fresh, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
    fresh.rename(file)
    assert watched.takes() == ["It was loud."]


def test_a_file_that_changes_while_it_is_read_is_not_taken_half(watched: Watched) -> None:
    file = watched.path / "a.jsonl"
    file.write_text('{"text": "One."}\n{"text": "Tw')
    (complete,) = (one for _ in range(3) for one in watched.look().complete)
    file.write_text('{"text": "One."}\n{"text": "Two."}\n')
    assert list(watched.folder.read(complete)) == []
    assert watched.takes() == ["One.", "Two."]


def test_what_could_not_be_stored_is_taken_again(watched: Watched) -> None:
    (watched.path / "a.txt").write_text("It was calm.")
    (complete,) = (one for _ in range(3) for one in watched.look().complete)
    next(iter(watched.folder.read(complete)))  # and then the database cannot be reached
    assert watched.takes() == ["It was calm."]


def test_a_broken_file_is_told_once_until_it_changes(watched: Watched) -> None:
    file = watched.path / "a.md"
    file.write_text("---\n[\n---\nText.")
    looks = [watched.look() for _ in range(3)]
    assert [type(one).__name__ for one in watched.folder.read(looks[-1].complete[0])] == ["Rejected"]
    assert [watched.look().complete for _ in range(3)] == [(), (), ()]
    file.write_text("It was calm.")
    assert watched.takes() == ["It was calm."]


def test_hidden_files_and_other_kinds_are_passed_over(watched: Watched) -> None:
    for name in (".a.txt", "~$a.docx", "a.png", "b.txt.part", ".git/c.txt"):
        (watched.path / name).parent.mkdir(exist_ok=True)
        (watched.path / name).write_text("It was calm.")
    assert watched.takes() == []
    passed_over = watched.look().selection.passed_over
    assert [(kind.ending, kind.number) for kind in passed_over] == [(".part", 1), (".png", 1)]


# What is gone


def test_a_deleted_file_is_gone_after_a_while_and_once(watched: Watched) -> None:
    file = watched.path / "a.txt"
    file.write_text("It was calm.")
    watched.takes()
    file.unlink()
    assert [watched.look().gone for _ in range(4)] == [(), (), (file,), ()]


def test_a_file_that_is_saved_by_deleting_it_first_is_not_gone(watched: Watched) -> None:
    file = watched.path / "a.txt"
    file.write_text("It was calm.")
    watched.takes()
    file.unlink()
    assert watched.look().gone == ()
    file.write_text("It was calm.")
    assert watched.goes() == []


def test_nothing_is_gone_with_the_folder_itself(watched: Watched) -> None:
    (watched.path / "a.txt").write_text("It was calm.")
    watched.takes()
    aside = watched.path.with_name("aside")
    watched.path.rename(aside)
    assert [watched.look() for _ in range(4)] == [Look(is_there=False)] * 4
    aside.rename(watched.path)
    assert (watched.takes(), watched.goes()) == ([], [])


def test_an_empty_folder_in_its_place_has_lost_nothing(watched: Watched) -> None:
    """A drive that is not connected leaves an empty folder where it was."""
    (watched.path / "a.txt").write_text("It was calm.")
    watched.takes()
    aside = watched.path.with_name("aside")
    watched.path.rename(aside)
    watched.path.mkdir()
    assert watched.goes() == []
    watched.path.rmdir()
    aside.rename(watched.path)
    assert watched.takes() == ["It was calm."]  # taken again, which changes nothing in the corpus


def test_what_is_in_a_closed_folder_is_not_gone(unprivileged: Path) -> None:
    watched = Watched(unprivileged / "news")
    inner = watched.path / "inner"
    inner.mkdir()
    (inner / "a.txt").write_text("It was calm.")
    watched.takes()
    inner.chmod(0)
    gone = watched.goes()
    inner.chmod(0o700)
    assert gone == []


def test_a_folder_in_it_may_go_with_all_its_files(watched: Watched) -> None:
    inner = watched.path / "inner"
    inner.mkdir()
    (inner / "a.txt").write_text("It was calm.")
    assert watched.takes() == ["It was calm."]
    shutil.rmtree(inner)
    assert watched.goes() == ["a.txt"]


def test_a_link_that_leads_out_of_the_folder_is_named_and_never_taken(watched: Watched) -> None:
    secret = watched.path.parent / "secret.txt"
    secret.write_text("The password is 1234.")
    link = watched.path / "a.txt"
    link.symlink_to(secret)
    assert watched.takes() == []
    assert [path for path, _ in watched.look().selection.problems] == [link]


def test_a_link_that_takes_a_files_place_while_it_is_read_is_not_followed(watched: Watched) -> None:
    secret, file = watched.path.parent / "secret.txt", watched.path / "a.txt"
    secret.write_text("The password is 1234.")
    file.write_text("It was calm.")
    (complete,) = [path for _ in range(3) for path in watched.look().complete]
    file.unlink()
    file.symlink_to(secret)
    assert [one for one in watched.folder.read(complete) if isinstance(one, Article)] == []
    assert watched.takes() == []
