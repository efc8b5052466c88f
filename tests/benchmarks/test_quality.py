"""The gate of quality: what counts as below a floor, and which floors move when."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quality
from corpus.languages import Language
from corpus.passages import split
from corpus.sources.files import read_bundled
from index.evaluation import Examined
from index.kinds import Kind
from index.metrics import RANKING, Case, silence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HIT, FALSE = "set/P@1", "set/false answers"

#: The floors of the set unless a test says others.
FLOORS = {"P@1": 0.6, "false answers": 0.4}


def asked(*, right: bool, relevant: int, answered: bool) -> Examined:
    case = Case((1,) if right else (), relevant, 0.5, answered=answered, silent=False)
    return Examined("who?", Language.ENGLISH, Kind.PERSON, case, (), 0.0)


@dataclass
class Gate:
    """The gate over one set of 20 questions, half of them answerable, with a baseline of its own."""

    baseline: Path
    patch: pytest.MonkeyPatch
    names: list[str] = field(default_factory=list)

    def hold(self, *arguments: str, right: int = 6, false: int = 4) -> None:
        """Run the script where so many tenths are answered rightly, and falsely."""
        found = [asked(right=number < right, relevant=1, answered=True) for number in range(10)]
        found += [asked(right=False, relevant=0, answered=number < false) for number in range(10)]

        def ask(name: str) -> list[Examined]:
            self.names.append(name)
            return found

        def tasks(_sets: Path) -> Iterator[quality.Task]:
            for name in ("set", "another"):
                yield quality.Task(name, ("P@1", "false answers"), partial(ask, name))

        self.patch.setattr(quality, "tasks", tasks)
        self.patch.setattr("sys.argv", ["quality.py", *arguments])
        quality.main()

    def written(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.baseline.read_text(encoding="utf-8"))
        return found

    def floors(self) -> dict[str, float]:
        found: dict[str, float] = self.written()["floors"]["set"]
        return found


@pytest.fixture
def gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    path = tmp_path / "baseline.json"
    path.write_text(
        json.dumps({"floors": {"set": FLOORS, "another": FLOORS}, "lowered": []}), encoding="utf-8"
    )
    monkeypatch.setattr(quality, "BASELINE", path)
    return Gate(path, monkeypatch)


# Below


@pytest.mark.parametrize(
    "measure, value, below",
    [
        ("P@1", 0.59, True),
        ("P@1", 0.595, False),
        ("P@1", 0.9, False),
        ("false answers", 0.61, True),
        ("false answers", 0.605, False),
        ("false answers", 0.1, False),
        ("calibration error", 0.61, True),
    ],
)
def test_a_measure_is_below_its_floor_on_its_wrong_side_beyond_what_arithmetic_does(
    measure: str, value: float, *, below: bool
) -> None:
    assert quality.is_below(measure, value, 0.6) is below


@given(st.sampled_from([*RANKING, *silence([])]), st.floats(0, 1), st.floats(0, 1))
def test_of_two_values_at_most_one_is_below_the_other(measure: str, one: float, other: float) -> None:
    assert not (quality.is_below(measure, one, other) and quality.is_below(measure, other, one))


@pytest.mark.parametrize(
    "measure, count",
    [
        ("P@1", 2),
        ("coverage", 2),
        ("precision of answered", 1),
        ("false answers", 3),
        ("calibration error", 5),
    ],
)
def test_one_question_of_those_that_a_measure_counts_may_turn(measure: str, count: int) -> None:
    found = [
        asked(right=relevant > 0, relevant=relevant, answered=answered)
        for relevant, answered in ((1, True), (2, False), (0, False), (0, False), (0, False))
    ]

    assert quality.counted(measure, found) == count
    assert quality.counted(measure, []) == 1


def test_measures_that_are_better_the_smaller_they_are_exist() -> None:
    assert set(quality.SMALLER) < set(silence([]))


def test_measures_that_a_set_does_not_have_are_not_measured() -> None:
    measured = quality.measured([asked(right=True, relevant=1, answered=False)])

    assert (measured["P@1"], measured["coverage"]) == (1, 0)
    assert not {"false answers", "precision of answered"} & measured.keys()


# Holding


def test_at_its_floors_a_set_passes_and_nothing_is_written(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    before = gate.baseline.read_bytes()

    gate.hold()

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["set/P@1", "0.600", "floor", "0.600", "ok"]
    assert gate.baseline.read_bytes() == before


@pytest.mark.parametrize("right, false, name", [(4, 4, HIT), (6, 6, FALSE)])
def test_below_a_floor_it_fails_and_names_the_measure(
    gate: Gate, right: int, false: int, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        gate.hold("--only", "set", right=right, false=false)

    assert ended.value.code == f"below the floor: {name}"  # a message, so that the process exits with 1
    marks = {
        line.rpartition("   ")[2] for line in capsys.readouterr().out.splitlines() if line.startswith(name)
    }
    assert marks == {"BELOW"}


def test_one_question_that_turns_is_forgiven(gate: Gate) -> None:
    gate.hold(right=5, false=5)  # of ten each: processors multiply eight-bit numbers in different ways


def test_only_the_named_sets_are_asked(gate: Gate) -> None:
    gate.hold("--only", "ano")

    assert gate.names == ["another"]


# Moving floors


@pytest.mark.parametrize(
    "right, false, floors",
    [
        (8, 1, {"P@1": 0.8, "false answers": 0.1}),
        (6, 1, {"P@1": 0.6, "false answers": 0.1}),
        (6, 4, FLOORS),
    ],
)
def test_raising_moves_floors_to_what_is_better(
    gate: Gate, right: int, false: int, floors: dict[str, float]
) -> None:
    gate.hold("--raise", right=right, false=false)

    assert gate.floors() == floors


def test_raising_never_moves_a_floor_the_wrong_way(gate: Gate) -> None:
    with pytest.raises(SystemExit, match="below the floor: set/P@1"):
        gate.hold("--raise", right=4, false=1)

    assert gate.floors() == {"P@1": 0.6, "false answers": 0.1}


def test_a_better_measure_moves_no_floor_unless_asked(gate: Gate) -> None:
    gate.hold(right=10, false=0)

    assert gate.floors() == FLOORS


def test_lowering_needs_a_reason(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        gate.hold("--lower", HIT, right=5)

    assert ended.value.code == 2
    assert "--lower needs --because" in capsys.readouterr().err
    assert gate.names == []
    assert gate.floors() == FLOORS


def test_lowering_moves_the_named_floor_alone_and_keeps_the_reason(gate: Gate) -> None:
    with pytest.raises(SystemExit, match="below the floor: another/P@1"):
        gate.hold("--lower", HIT, "--because", "a fairer gold", right=4, false=1)

    assert gate.floors() == {"P@1": 0.4, "false answers": 0.4}
    assert gate.written()["floors"]["another"] == FLOORS
    assert gate.written()["lowered"] == [{"floor": HIT, "from": 0.6, "to": 0.4, "because": "a fairer gold"}]


def test_a_measure_without_a_floor_gets_one_when_floors_are_written(
    gate: Gate, capsys: pytest.CaptureFixture[str]
) -> None:
    gate.baseline.write_text('{"floors": {}, "lowered": []}', encoding="utf-8")

    with pytest.raises(SystemExit, match="has no floor yet: --raise"):
        gate.hold(right=3)
    assert gate.written()["floors"] == {}
    assert capsys.readouterr().out.splitlines()[0].split() == ["set/P@1", "0.300", "floor", "-", "new"]

    gate.hold("--raise", right=3)
    assert gate.floors() == {"P@1": 0.3, "false answers": 0.4}


# Pinned questions


def test_every_sentence_that_is_called_right_is_one_of_a_brief() -> None:
    briefs = {article.key: article for article in read_bundled()}
    sentences = {
        key: {
            article.text[one.sentence.start : one.sentence.end]
            for one in split(article.text, article.language)
        }
        for key, article in briefs.items()
    }
    lines = (quality.HERE / "briefs.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [one for line in lines for one in json.loads(line)["gold"]]

    assert gold
    for one in gold:
        (key,) = (key for key in briefs if key.endswith(one["article"]))
        assert one["sentence"] in sentences[key]


def test_a_floor_that_does_not_exist_cannot_be_lowered(gate: Gate) -> None:
    with pytest.raises(SystemExit):
        gate.hold("--lower", "set/P@2", "--because", "a typing error")
    assert gate.floors() == FLOORS
