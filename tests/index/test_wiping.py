"""After a purge no word, vector or word piece of an article is in any file of the index; all else stays."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from corpus.languages import Language
from index import merging
from index.combining import Combiner
from index.keptvectors import KeptVectors
from index.sweeping import KEPT, MERGING
from tests.fakes.encoder import FakeEncoder, vector
from tests.fakes.growing import Growing, ask, quotes, sentence
from tests.fakes.news import ARREST, BRIDGE, article, put

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.store import Corpus
    from index.content import Content

pytestmark = pytest.mark.usefixtures("unhurried")

#: The article that is purged: in two languages by its two revisions, of words that stand nowhere else.
ENGLISH, RUSSIAN, BEFORE = "Qwzxian spies met Zqxw.", "Йцщтов молчал о Фываолдже.", "Qwzxians hid a jkvb."
SECRETS = (b"qwzx", b"zqxw", b"jkvb", "йцщт".encode(), "фываолдж".encode())


@pytest.fixture
def growing(folder: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> Growing:
    """An index of several segments that lost nothing yet, and a way back; two articles are to be purged."""
    monkeypatch.setattr(merging, "TOGETHER", 100)
    monkeypatch.setattr(merging, "GONE", 2.0)
    growing = Growing(folder, corpus)
    engine = growing.engine()
    put(corpus, "secret", BEFORE, ARREST, title="Secret")
    growing.put("mixed", sentence(1), sentence(2))
    engine.refresh()
    put(corpus, "secret", ENGLISH, ARREST, title="Secret")
    corpus.put(article("geheim", RUSSIAN, title="Тайна", language=Language.RUSSIAN))
    engine.refresh()
    growing.put("arrest", ARREST, BRIDGE)
    engine.refresh()
    growing.put("removed", sentence(3))
    engine.refresh()
    growing.remove("removed")
    engine.refresh()
    return growing


def bytes_of_secrets(growing: Growing) -> list[bytes]:
    """Return what the index has of the secret sentences: hashes, vectors and word pieces."""
    found = []
    kept = KeptVectors(growing.folder / KEPT, growing.encoder.identity)
    tokens = (growing.folder / KEPT / f"{growing.snapshots.folder.name}.tokens").read_bytes()
    for text, others in ((BEFORE, f" {ARREST}"), (ENGLISH, f" {ARREST}"), (RUSSIAN, "")):
        key = f"{text}\x1f{text}{others}"
        _, [its], [place] = kept.find([key])
        assert its.tolist() == vector(text, paragraph=text + others).tolist()
        start = int(place["offset"])
        pieces = tokens[start : start + int(place["count"]) * (4 + 4 + len(its) // 2)]
        found += [hashlib.blake2b(key.encode(), digest_size=8).digest(), its.tobytes(), pieces]
    return found


def assert_gone(growing: Growing, secrets: list[bytes]) -> None:
    for path in growing.folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [one for one in SECRETS if one in content.lower()], path
        assert not [one for one in secrets if one in content], path


def purge(growing: Growing) -> None:
    growing.purge("secret")
    growing.purge("geheim")


def test_after_a_purge_no_byte_of_the_article_is_left_and_all_else_is_found_without_encoding(
    growing: Growing,
) -> None:
    secrets, encoded = bytes_of_secrets(growing), len(growing.encoder.encoded)
    engine = growing.engine()
    engine.refresh()
    purge(growing)

    report = engine.refresh()

    assert_gone(growing, secrets)
    assert (report.removed, report.added, report.encoded) == (3, 0, 0)
    growing.assert_followed(engine)
    assert engine.refresh(closely=True).changed is False
    assert growing.engine().rebuild().added == 4
    assert len(growing.encoder.encoded) == encoded
    assert quotes(ask(engine, "Who arrested the mayor?")) == {ARREST, BRIDGE, sentence(1), sentence(2)}
    assert growing.snapshot.has_sound_tokens()


def test_what_was_purged_may_be_written_again(growing: Growing) -> None:
    engine = growing.engine()
    purge(growing)
    engine.refresh()

    put(growing.corpus, "another", ENGLISH, title="Another")
    engine.refresh()

    assert ENGLISH in quotes(ask(engine, "Which spies met?"))
    growing.assert_followed(engine)


@pytest.mark.parametrize("how", ["closely", "damaged", "other rules", "rebuilt", "no pointer"])
def test_a_purge_is_honoured_even_where_the_log_is_not_followed(
    growing: Growing, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    secrets = bytes_of_secrets(growing)
    purge(growing)
    (arrays, *_) = growing.snapshots.folder.glob("segment-*/en/arrays")
    if how == "damaged":
        arrays.unlink()
    if how == "other rules":
        monkeypatch.setattr("index.snapshots.RULES", 10_000)
    if how == "no pointer":
        (growing.snapshots.folder / "CURRENT").unlink()

    if how == "rebuilt":
        growing.engine().rebuild()
    else:
        growing.engine().refresh(closely=how == "closely")

    assert_gone(growing, secrets)
    growing.assert_followed()


def test_a_purge_that_was_killed_is_done_again_by_whoever_comes_next(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = bytes_of_secrets(growing)
    purge(growing)
    with monkeypatch.context() as patch:
        patch.setattr(KeptVectors, "scrub", _die)
        with pytest.raises(KeyboardInterrupt):
            growing.engine().refresh()

    growing.put("later", sentence(5))
    growing.engine().refresh()

    assert_gone(growing, secrets)
    growing.assert_followed()


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_article_purged_while_the_index_is_built_anew_is_not_in_it(growing: Growing) -> None:
    secrets, began = bytes_of_secrets(growing), list[str]()

    def purge_once(built: object) -> None:
        assert built
        if not began:
            began.append(growing.snapshot.name)
            purge(growing)

    _, report = growing.sync().rebuild(_quietly, purge_once)

    assert_gone(growing, secrets)
    growing.assert_followed()
    assert report.removed == 3


def test_an_index_that_is_built_anew_begins_again_when_a_purge_takes_it_away(
    growing: Growing, caplog: pytest.LogCaptureFixture
) -> None:
    secrets, tried = bytes_of_secrets(growing), list[object]()

    def purge_and_follow_once(built: object) -> None:
        tried.append(built)
        if len(tried) == 1:
            purge(growing)
            growing.engine().refresh()
            assert_gone(growing, secrets)

    _, report = growing.sync().rebuild(_quietly, purge_and_follow_once)

    assert len(tried) == 2
    assert "an article was purged meanwhile" in caplog.text
    assert_gone(growing, secrets)
    growing.assert_followed()
    assert (report.added, report.removed) == (4, 0)


def test_what_is_merged_in_the_background_while_an_article_is_purged_is_thrown_away(
    growing: Growing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "TOGETHER", 2)
    secrets, write = bytes_of_secrets(growing), Combiner.write

    def write_slowly(self: Combiner, content: Content, names: tuple[str, ...], aside: Path) -> bool:
        is_merge = aside.name.startswith(MERGING)
        merged = write(self, content, names, aside)
        if is_merge:
            purge(growing)
            growing.engine().refresh()
        return merged

    monkeypatch.setattr(merging, "AT_ONCE", 0)
    monkeypatch.setattr(Combiner, "write", write_slowly)

    assert growing.sync().merge_in_background() is None

    assert_gone(growing, secrets)
    growing.assert_followed()


def test_indexes_of_other_models_go_unless_they_followed_the_purge_themselves(
    growing: Growing, corpus: Corpus
) -> None:
    other = Growing(growing.folder, corpus, FakeEncoder(identity="other words"))
    other.engine().refresh()
    (growing.folder / KEPT / "0123456789abcdef.vectors").write_bytes(b"of a model of long ago: qwzx")
    secrets = bytes_of_secrets(growing)
    purge(growing)

    growing.engine().refresh()

    assert not other.snapshots.folder.exists()
    assert_gone(growing, secrets)
    assert other.engine().refresh().encoded == 4
    assert growing.snapshot.passage_ids() == other.snapshot.passage_ids(), "the first one was left alone"
    growing.put("later", sentence(5))
    assert (growing.engine().refresh().added, other.engine().refresh().added) == (1, 1)
    for one in (growing, other):
        one.assert_followed()
    assert_gone(growing, secrets)


def test_an_index_of_another_model_that_is_written_during_a_purge_keeps_nothing_of_it(
    growing: Growing, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Growing(growing.folder, corpus, FakeEncoder(identity="other words"))
    encode = other.encoder.encode_passages

    def purge_meanwhile(paragraphs: list[list[str]]) -> object:
        encoded = encode(paragraphs)
        monkeypatch.undo()
        purge(growing)
        growing.engine().refresh()
        return encoded

    monkeypatch.setattr(other.encoder, "encode_passages", purge_meanwhile)
    secrets = [*bytes_of_secrets(growing), vector(RUSSIAN, paragraph=RUSSIAN).tobytes()]

    with pytest.raises(FileNotFoundError):
        other.engine().refresh()

    assert not other.snapshots.folder.exists()
    assert_gone(growing, secrets)
    other.engine().refresh()
    other.assert_followed()
    assert_gone(growing, secrets)


def test_a_purge_of_what_was_never_indexed_costs_nothing_that_can_be_found(growing: Growing) -> None:
    encoded = len(growing.encoder.encoded)
    put(growing.corpus, "brief", ENGLISH, title="Brief")
    growing.purge("brief")

    report = growing.engine().refresh()

    assert (report.added, report.removed, report.encoded) == (0, 0, 0)
    growing.assert_followed()
    assert len(growing.encoder.encoded) == encoded


def _quietly(_done: int, _total: int) -> None:
    """Show no progress."""


def test_a_second_purge_leaves_what_the_first_one_left(folder: Path, corpus: Corpus) -> None:
    growing = Growing(folder, corpus)
    engine = growing.engine()
    for number in range(5):
        growing.put(f"a{number}", sentence(number))
    engine.refresh()

    for name in ("a3", "a4", "a1"):
        growing.purge(name)
        engine.refresh()
        assert growing.snapshot.has_sound_tokens(), name

    assert growing.snapshot.passage_ids() == corpus.passage_ids()
    assert engine.refresh(closely=True).encoded == 0


def test_a_rebuild_that_encodes_while_an_article_is_purged_keeps_nothing_of_it(
    folder: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing = Growing(folder, corpus)
    growing.put("mixed", sentence(1))
    engine = growing.engine()
    engine.refresh()
    put(corpus, "secret", ENGLISH, ARREST, title="Secret")
    rebuilder, encode = growing.engine(), growing.encoder.encode_passages

    def purge_meanwhile(paragraphs: list[list[str]]) -> object:
        encoded = encode(paragraphs)
        monkeypatch.undo()
        growing.purge("secret")
        engine.refresh()
        return encoded

    monkeypatch.setattr(growing.encoder, "encode_passages", purge_meanwhile)
    rebuilder.rebuild()

    its = vector(ENGLISH, paragraph=f"{ENGLISH} {ARREST}").tobytes()
    assert_gone(growing, [its])
    assert growing.snapshot.passage_ids() == corpus.passage_ids()
