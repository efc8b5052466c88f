"""However passages lie in segments, and however many are gone, the same are found with the same signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.languages import Language
from index import vectors
from index.combining import Combiner
from index.content import Content
from index.fields import Query
from index.fusion import Profile, Weights
from index.ids import ascending
from index.keptvectors import KeptVectors
from index.parts import Kept, Part
from index.question import read_question
from index.ranking import rank
from index.shelves import by_language
from index.signals import Signal
from index.snapshots import Snapshots
from tests.fakes.encoder import FakeEncoder, encode
from tests.fakes.growing import signals
from tests.fakes.shelves import text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpus.stored import PassageId, PassageText
    from index.segments import Segment
    from index.snapshots import Snapshot

pytestmark = pytest.mark.usefixtures("unhurried")

MODEL = FakeEncoder().identity
WEIGHTS = Weights(dict.fromkeys(Profile, dict.fromkeys(Signal, 1.0)), foreign=-0.5)
QUESTIONS = ("Who arrested the mayor?", "Was the bridge 7 closed in 2022?", "Кто задержал мэра?", "police")

ENGLISH = ("police", "arrested", "mayor", "bridge", "closed", "2022", "Massimov", "nobody", "7")
RUSSIAN = ("полиция", "задержала", "мэра", "мост", "закрыт", "2022", "Масимов", "никто", "7")
#: An article is a list of paragraphs, a paragraph one of sentences.
Made = list[tuple[str, list[list[list[int]]]]]
articles: st.SearchStrategy[Made] = st.lists(
    st.tuples(
        st.sampled_from(["en", "ru"]),
        st.lists(
            st.lists(st.lists(st.integers(0, 8), min_size=1, max_size=5), min_size=1, max_size=3),
            min_size=1,
            max_size=2,
        ),
    ),
    min_size=1,
    max_size=8,
)


class Laid:
    """Articles that lie in the segments of an index, by any way of splitting them."""

    def __init__(self, folder: Path) -> None:
        self.kept = KeptVectors(folder / "vectors", MODEL)
        self.snapshots = Snapshots(folder, MODEL)

    def segment(self, texts: Sequence[PassageText]) -> Segment:
        """Write a segment of passages."""
        parts = [Part.build(group, self._kept_of(group)) for group in by_language(texts)]

        def fill(folder: Path) -> None:
            for part in parts:
                part.write(folder / part.language)

        return self.snapshots.write(fill)

    def content(self, groups: Sequence[Sequence[PassageText]]) -> Content:
        """Write each group as a segment."""
        content = Content()
        for group in groups:
            if group:
                content = content.with_segment(self.segment(group))
        return content

    def opened(self, content: Content) -> Snapshot:
        return self.snapshots.candidate(content)

    def _kept_of(self, texts: Sequence[PassageText]) -> Kept:
        keys = [f"{one.sentence}\x1f{one.paragraph}" for one in texts]
        missing = [row for row, is_there in enumerate(self.kept.find(keys)[0]) if not is_there]
        if missing:
            its = [encode(texts[row].sentence, texts[row].paragraph) for row in missing]
            self.kept.append([keys[row] for row in missing], its)
        _, found, places = self.kept.find(keys)
        return Kept(found, places)


def passages(made: Made) -> list[list[PassageText]]:
    """Return the passages of articles, each of which has a title of its own."""
    found = []
    for number, (language, paragraphs) in enumerate(made):
        words = ENGLISH if language == "en" else RUSSIAN
        its: dict[int, PassageText] = {}
        for sentences in paragraphs:
            written = [" ".join(words[word] for word in one) + "." for one in sentences]
            for one in written:
                paragraph, title = " ".join(written), f"{words[number % 9]} {number}"
                made_of = text(one, paragraph=paragraph, title=title, language=Language(language))
                its[made_of.id] = made_of
        found.append(list(its.values()))
    return found


def assert_alike(one: Snapshot, other: Snapshot) -> None:
    """Check that two ways to lay the same passages give the same candidates, signals and hits."""
    for question in QUESTIONS:
        mine, its = signals(one, question), signals(other, question)
        assert mine.keys() == its.keys()
        for id_, found in mine.items():
            assert found == pytest.approx(its[id_], abs=1e-5, nan_ok=True), (question, id_)
        hits, others = (hits_of(snapshot, question) for snapshot in (one, other))
        assert [hit[0] for hit in hits] == pytest.approx([hit[0] for hit in others], abs=1e-3)
        assert {hit[1] for hit in hits} == {hit[1] for hit in others}


def hits_of(snapshot: Snapshot, question: str) -> list[tuple[float, int]]:
    language = Language.RUSSIAN if question[0] > "z" else Language.ENGLISH
    asked = read_question(question, language, snapshot.shelves, FakeEncoder())
    hits = rank(snapshot.shelves.values(), asked, snapshot.tokens, WEIGHTS, limit=1_000)
    return [(hit.score, int(hit.id)) for hit in hits]


def merged(laid: Laid, content: Content, names: Sequence[str]) -> Content:
    """Write what is left of some segments as one, and put that in their place."""
    combiner = Combiner(laid.snapshots)
    aside = laid.snapshots.aside("writing")
    is_left = combiner.write(content, names, aside)
    return content.with_merged(names, laid.snapshots.adopt(aside) if is_left else None)


@settings(max_examples=15)
@given(st.data(), articles)
def test_the_same_is_found_in_one_segment_in_many_and_after_merges(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    made: Made,
) -> None:
    laid, groups = Laid(tmp_path_factory.mktemp("laid")), passages(made)
    whole = laid.opened(laid.content([[one for group in groups for one in group]]))

    numbers = [data.draw(st.integers(0, 3)) for _ in groups]
    split = laid.content(
        [
            [one for group, its in zip(groups, numbers, strict=True) if its == number for one in group]
            for number in range(4)
        ]
    )
    assert_alike(whole, laid.opened(split))

    names = data.draw(
        st.lists(st.sampled_from([one.name for one in split.segments]), min_size=1, unique=True)
    )
    once = merged(laid, split, names)
    assert once.number == split.number
    assert_alike(whole, laid.opened(once))
    assert_alike(whole, laid.opened(merged(laid, once, [one.name for one in once.segments])))


@settings(max_examples=15)
@given(st.data(), articles, st.booleans())
def test_what_is_gone_is_never_found_and_does_not_come_back_by_merges(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    made: Made,
    by_codes: bool,  # noqa: FBT001 (hypothesis gives it)
) -> None:
    laid, groups = Laid(tmp_path_factory.mktemp("laid")), passages(made)
    half = len(groups) // 2
    with pytest.MonkeyPatch.context() as patch:
        if by_codes:
            patch.setattr(vectors, "EXACT_UP_TO", 16)  # codes are learnt from no fewer
        content = laid.content(
            [[one for group in some for one in group] for some in (groups[:half], groups[half:])]
        )
        gone = [group for group in groups if data.draw(st.booleans())]
        lost = {one.id for group in gone for one in group}
        left = [group for group in groups if group not in gone]

        marked = content.without(ascending(lost))
        assert_none_is_found(laid.opened(marked), lost)
        once = merged(laid, marked, [one.name for one in marked.segments])
        assert_none_is_found(laid.opened(once), lost)
        assert once.number == marked.number == sum(map(len, left))

        anew = laid.opened(laid.content([[one for group in left for one in group]]))
        if not by_codes:  # which ones are near by them depends on what was learnt
            assert_alike(anew, laid.opened(once))
        assert anew.passage_ids() == laid.opened(once).passage_ids()


def assert_none_is_found(snapshot: Snapshot, lost: set[PassageId]) -> None:
    assert not snapshot.passage_ids() & lost
    for question in QUESTIONS:
        assert not signals(snapshot, question).keys() & {int(one) for one in lost}
        assert not {hit for _, hit in hits_of(snapshot, question)} & {int(one) for one in lost}
    for one in lost:
        assert all(shelf.place_of(one) is None for shelf in snapshot.shelves.values())


@pytest.mark.parametrize("number", [1, 3, 20])
def test_the_best_of_all_segments_are_gathered_and_no_more(tmp_path: Path, number: int) -> None:
    laid = Laid(tmp_path)
    texts = [text(f"Word{one} stood beside word{7 * one % 60}.") for one in range(60)]
    groups = [texts[first::number] for first in range(number)]
    (shelf,) = laid.opened(laid.content(groups)).shelves.values()
    asked = encode("Who stood beside word7?")
    cosines = {one.id: float(encode(one.sentence).vector @ asked.vector) for one in texts}

    found = shelf.candidates(Query({}, asked), limit=10)

    assert set(shelf.ids_of(found.rows).tolist()) == set(sorted(cosines, key=lambda id_: -cosines[id_])[:10])


def test_passages_are_held_and_taken_out_by_their_ids(tmp_path: Path) -> None:
    laid = Laid(tmp_path)
    first, second, third = (text(f"Bridge {number} was closed.") for number in range(3))
    content = laid.content([[first, second], [third]])
    ids = np.array([third.id, first.id, 7, second.id], dtype=np.int64)

    assert content.holds(ids).tolist() == [True, True, False, True]
    less = content.without(ascending([second.id])).without(ascending([third.id, second.id]))
    assert less.holds(ids).tolist() == [False, True, False, False]
    assert [size.gone for size in less.sizes().values()] == [1, 1]
    assert less.number == 1
    assert content.number == 3, "it is immutable"


def test_what_came_back_in_a_newer_segment_is_found_there_alone_after_a_merge(
    tmp_path: Path,
) -> None:
    laid = Laid(tmp_path)
    first, second = (text(f"Bridge {number} was closed.") for number in range(2))
    begun = laid.content([[first, second]])
    (old,) = begun.segments

    # A merge of the first segment began when both were in it; since then one went and came back.
    aside = laid.snapshots.aside("writing")
    assert Combiner(laid.snapshots).write(begun, [old.name], aside)
    now = begun.without(ascending([second.id])).with_segment(laid.segment([second]))
    content = now.with_merged([old.name], laid.snapshots.adopt(aside))

    assert content.number == 2
    assert [size.left for size in content.sizes().values()] == [1, 1]
    assert content.segments[1].name == now.segments[1].name


def test_segments_under_other_names_lost_the_same_passages(tmp_path: Path) -> None:
    laid = Laid(tmp_path)
    first, second = (text(f"Bridge {number} was closed.") for number in range(2))
    content = laid.content([[first, second], [text("It rained.")]]).without(ascending([first.id]))
    (before, *_) = content.segments
    other = laid.segment([first, second])

    renamed = content.renamed({before.name: other})

    assert [one.name for one in renamed.segments] == [other.name, content.segments[1].name]
    assert renamed.number == 2
    assert renamed.holds(np.array([first.id, second.id])).tolist() == [False, True]
