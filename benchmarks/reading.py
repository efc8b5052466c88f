"""What the reader gains for its time: P@1 and milliseconds by how many candidates it reads.

    python benchmarks/reading.py [SQUAD.json ...] [--limit 400]

Without files, the made-up news that the reader was not trained on.
"""

import argparse
import statistics
from pathlib import Path

from corpus.languages import Language
from corpus.store import Corpus
from fitting import news
from index import judging
from index.encoder import Encoder, SentenceEncoder
from index.engine import Engine
from index.evaluation import examine
from index.metrics import ranking
from index.models import Model
from index.reader import Reader
from index.squad import QuestionSet, read_squad

#: How many candidates are read.
NUMBERS = (0, 5, 8, 10, 20)


def measure(
    questions: QuestionSet, encoder: Encoder, number: int, *, limit: int
) -> tuple[float, float, float]:
    """Return P@1, MRR and the median of a whole answer in milliseconds, where so many candidates are read."""
    reader = Reader() if number else None
    judging.READ_TOGETHER = number or judging.READ_TOGETHER

    def engine(folder: Path, corpus: Corpus, timed: Encoder) -> Engine:
        return Engine(folder, corpus, timed, reader=reader)

    found = examine(questions, engine, encoder, seed=1, limit=limit).questions
    measured = ranking([one.case for one in found], seed=1)
    return measured["P@1"][0], measured["MRR"][0], 1000 * statistics.median(one.seconds for one in found)


def main() -> None:
    """Read the arguments, measure, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--limit", type=int, default=400)
    options = parser.parse_args()
    encoder = SentenceEncoder(Model.choose())
    sets = [read_squad(path) for path in options.files] or [news(Language.ENGLISH)]
    for questions in sets:
        print(f"{questions.name}\n  read    P@1    MRR     ms")
        for number in NUMBERS:
            first, rank, took = measure(questions, encoder, number, limit=options.limit)
            print(f"  {number:>4}  {first:.3f}  {rank:.3f}  {took:5.1f}", flush=True)


if __name__ == "__main__":
    main()
