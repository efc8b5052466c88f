"""What a million passages take: memory and time of a process that answers, disk, and memory to build them.

    python benchmarks/size.py [--passages 1000000] [--json benchmarks/results/size.json]

The index is built of made-up texts with the product's own parts, segments and merging, without a database:
what a question costs here is ranking alone, and nothing of it is read from a corpus. Each step is a process
of its own: building, asking (whose memory is told), and comparing the nearest vectors with an exact search.
"""

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

import machine
from corpus.languages import Language
from corpus.stored import PassageText, passage_id
from index import merging
from index.combining import Combiner
from index.content import Content
from index.encoder import SentenceEncoder, Vectors
from index.encoding import build as index_texts
from index.engine import quietly
from index.fusion import read_weights
from index.keptvectors import KeptVectors
from index.models import Model
from index.parts import Part
from index.postings import Postings
from index.question import read_question
from index.ranking import CANDIDATES, rank
from index.shelves import Shelf
from index.snapshots import Snapshot, Snapshots
from index.sweeping import KEPT
from index.vectors import VectorIndex
from machine import memory, told
from madeup import CheapEncoder, Newsroom, Pool, cache_folder
from nearest import asked_vectors
from question import questions

Report = dict[str, object]

#: Questions that are asked before the first one that counts.
WARMING = 10

#: Of how many nearest passages it is told how many are found.
FEW = 10


def passages() -> Iterator[PassageText]:
    """Yield what is indexed of made-up articles, without end and each once."""
    known: set[int] = set()
    for made in Newsroom().articles():
        article, text = made.article, made.article.text
        for place in made.sentences:
            paragraph = text[place.paragraph.start : place.paragraph.end]
            sentence = text[place.sentence.start : place.sentence.end]
            id_ = passage_id(
                language=article.language, title=article.title, paragraph=paragraph, sentence=sentence
            )
            if id_ not in known:
                known.add(id_)
                yield PassageText(id_, article.language, article.title, paragraph, sentence)


def build(work: Path, number: int, at_once: int) -> Report:
    """Index passages, some at a time, merging them as the product does."""
    model = Model.choose()
    index, took = work / "index", dict.fromkeys(("making", "indexing", "merging"), 0.0)
    encoder = CheapEncoder(model, Pool.read(model, cache_folder()))
    kept, snapshots = KeptVectors(index / KEPT, encoder.identity), Snapshots(index, encoder.identity)
    texts, content = passages(), Content()
    with machine.peak() as peak:
        for _ in range(0, number, at_once):
            with _timing(took, "making", peak):
                some = [*itertools.islice(texts, at_once)]
            with _timing(took, "indexing", peak):
                parts, _ = index_texts(some, encoder, kept, quietly)
                content = content.with_segment(snapshots.write(partial(_write, parts)))
                del some, parts
            with _timing(took, "merging", peak):
                content = _merged(snapshots, snapshots.publish(content, corpus_state="0", line=1))
            snapshots.sweep(all_but_current=True)
            print(f"{content.number:,} passages, {peak.figures()}", file=sys.stderr, flush=True)
    return {
        "passages": content.number,
        "segments": [size.left for size in content.sizes().values()],
        "terms": {signal: len(one.hashes) for signal, one in _largest(content).items()},
        **{f"{name}_s": round(seconds, 1) for name, seconds in took.items()},
        **peak.figures(),
    }


def _merged(snapshots: Snapshots, snapshot: Snapshot) -> Content:
    combiner = Combiner(snapshots)
    while names := merging.choose(snapshot.content.sizes()):
        snapshot = combiner.combine(snapshot, names)
    return snapshot.content


def _write(parts: Sequence[Part], folder: Path) -> None:
    for part in parts:
        part.write(folder / part.language)


def ask(work: Path, asked: int) -> Report:
    """Open the index as a process that answers does, rank questions, and tell its memory."""
    began = time.perf_counter()
    snapshot = _opened(work)
    opened = time.perf_counter()
    encoder, weights = SentenceEncoder(Model.choose()), read_weights()
    encoder.prepare()
    before = memory(os.getpid())
    took = []
    for text in questions(WARMING + asked):
        start = time.perf_counter()
        question = read_question(text, Language.ENGLISH, snapshot.shelves, encoder)
        hits = rank(snapshot.shelves.values(), question, snapshot.tokens, weights, limit=CANDIDATES)
        took.append(1000 * (time.perf_counter() - start))
        if not hits:
            raise LookupError(f"nothing was found for {text!r}")
    return {
        "opening_ms": round(1000 * (opened - began), 1),
        "ranking_ms": told(took[WARMING:]),
        "first_ms": round(took[0], 1),
        "memory_before": _rounded(before),
        "memory_after": _rounded(memory(os.getpid())),
    }


def recall(work: Path, asked: int) -> Report:
    """Compare the nearest passages that a shelf finds with those of an exact search."""
    [shelf] = _opened(work).shelves.values()
    found, took = [], []
    for vector in asked_vectors(asked):
        began = time.perf_counter()
        near = _nearest(shelf, vector, CANDIDATES)
        took.append(1000 * (time.perf_counter() - began))
        right = _exactly(shelf, vector, CANDIDATES)
        found.append((len({*near[:FEW]} & {*right[:FEW]}) / FEW, len({*near} & {*right}) / CANDIDATES))
    few, many = np.mean(found, axis=0).tolist()
    return {"recall@10": round(few, 4), "recall@100": round(many, 4), "searching_ms": told(took, digits=2)}


def disk(work: Path) -> Report:
    """Tell how many bytes a passage takes, by file."""
    sizes: dict[str, int] = {}
    for path in (work / "index").rglob("*"):
        if path.is_file():
            name = path.suffix if path.parent.name == KEPT else path.name
            sizes[name] = sizes.get(name, 0) + path.stat().st_size
    number = _opened(work).content.number
    return {name: round(size / number, 1) for name, size in sorted(sizes.items()) if size > number}


def _opened(work: Path) -> Snapshot:
    snapshot = Snapshots(work / "index", Model.choose().identity).read()
    if snapshot is None:
        raise LookupError(f"there is no index in {work}; build it first")
    return snapshot


def _largest(content: Content) -> dict[str, Postings]:
    part = max((living.part for living in content.living()), key=len)
    return {str(signal): postings for signal, postings in part.fields.items()}


def _indexes(shelf: Shelf) -> Iterator[tuple[int, VectorIndex]]:
    """Yield the vectors of all parts, with the number of the first one."""
    first = 0
    for living in shelf.parts:
        if living.part.vectors is not None:
            yield first, living.part.vectors
        first += len(living.part)


def _nearest(shelf: Shelf, vector: Vectors, number: int) -> Sequence[int]:
    rows, scores = [], []
    for first, index in _indexes(shelf):
        near = index.search(vector, number)
        rows.append(near.rows + first)
        scores.append(near.scores)
    order = np.argsort(-np.concatenate(scores), kind="stable")[:number]
    found: list[int] = np.concatenate(rows)[order].tolist()
    return found


def _exactly(shelf: Shelf, vector: Vectors, number: int) -> Sequence[int]:
    scores = np.concatenate([index.vectors @ vector for _, index in _indexes(shelf)])
    found: list[int] = np.argsort(-scores, kind="stable")[:number].tolist()
    return found


def _rounded(figures: machine.Figures) -> machine.Figures:
    return {name: round(value) for name, value in figures.items()}


class _timing:  # noqa: N801 (used like a function)
    """Adds the seconds of a block to a name, and tells it to who watches the memory."""

    def __init__(self, took: dict[str, float], name: str, peak: machine.Peak) -> None:
        self._took, self._name = took, name
        peak.now(name)

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self._took[self._name] += time.perf_counter() - self._began


def main() -> None:
    """Read the arguments, and run each step in a process of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--at-once", type=int, default=100_000, help="passages that are indexed at a time")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument(
        "--work", type=Path, help="a folder that keeps the index; it is built where there is none"
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        steps: dict[str, Callable[[], Report]] = {
            "building": partial(build, options.work, options.passages, options.at_once),
            "asking": partial(ask, options.work, options.questions),
            "nearest": partial(recall, options.work, options.questions),
            "bytes a passage": partial(disk, options.work),
        }
        print(json.dumps(steps[options.step]()))
        return
    Pool.read(Model.choose(), cache_folder())
    report: Report = {"machine": machine.facts()}
    with tempfile.TemporaryDirectory() as aside:
        work = options.work or Path(aside)
        has_index = (work / "index").exists()
        if has_index and options.json and options.json.exists():  # what it took to build it is told there
            report |= json.loads(options.json.read_text(encoding="utf-8"))
        for step in ("building", "asking", "nearest", "bytes a passage")[has_index:]:
            report[step] = _child(step, work, options)
            print(f"{step}: {json.dumps(report[step])}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _child(step: str, work: Path, options: argparse.Namespace) -> Report:
    command = [sys.executable, __file__, "--step", step, "--work", str(work)]
    for name in ("passages", "at_once", "questions"):
        command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    report: Report = json.loads(done.stdout.splitlines()[-1])
    return report


if __name__ == "__main__":
    main()
