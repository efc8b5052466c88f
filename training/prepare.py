"""Make the reader's training examples: a question, sentences to choose from, the right one if any.

    python training/prepare.py OUT_FOLDER --pairs PAIRS.jsonl --spans SQUADSHIFTS.json... --news NEWS.jsonl...
        --doubts training/doubts.jsonl

PAIRS are lines of `question` and `sentence`; SPANS are in SQuAD's format; NEWS are this project's own made-up
reports (`training/news/`), of which Russian and Kazakh ones are read through glosses, as the engine does;
DOUBTS are this project's own questions on the sentences of PAIRS, most of which those only seem to answer.
Whole articles are held back (`*.held.jsonl`): fusion weights and confidence are fitted on those. Of the
doubts, questions alone are held back: the pairs ask others of their sentences.
"""

import argparse
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

from corpus.languages import Language
from corpus.passages import split
from index.analysis import analyse
from index.encoder import Encoded, SentenceEncoder, Vectors
from index.fusion import standardise
from index.glosses import GLOSSED, Reading, gloss
from index.models import Model

SEED = 20220105

#: Wrong sentences a question of the pairs gets: the ones that today's ranking finds nearest.
HARD = 5

#: Of questions with an answer, this share is shown without it, to learn silence; half of it of our own
#: reports, which have questions without an answer anyway.
WITHOUT = 0.2

#: Where the pairs are parted: neighbours are of one article, so what is held back is of other articles, but
#: for the one in which the cut falls (`benchmarks/sets.py` leaves that one out).
HELD_PAIRS = 0.88

#: Every so many reports of this project's own, one is held back; of each language's few others, every second.
HELD_NEWS, HELD_GLOSSED = 6, 2

#: Rows of the pairs between which two sentences may be of one article.
SAME_ARTICLE = 150

#: Doubts are parted by so many sentences that follow each other; every so many parts, one is held back.
DOUBTS_TOGETHER, HELD_DOUBTS = 80, 12

#: Of reports other than a question's own, so many of the nearest sentences are shown as well.
ELSEWHERE = 2

#: Texts that are encoded at once.
AT_ONCE = 512

Example = dict[str, Any]


def is_held(number: int, language: Language) -> bool:
    """Say whether a report is held back from training, by its line's number in its file."""
    every = HELD_NEWS if language is Language.ENGLISH else HELD_GLOSSED
    return number % every == every - 1


def language_of(path: Path) -> Language:
    """Return the language of a file of reports, by its name: en-unrest.jsonl, kk.jsonl."""
    return Language(path.stem.split("-")[0])


def main() -> None:
    """Read the arguments and write the examples."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--spans", type=Path, nargs="*", default=[])
    parser.add_argument("--news", type=Path, nargs="*", default=[])
    parser.add_argument("--doubts", type=Path, help="needs --pairs as well")
    options = parser.parse_args()
    if options.doubts and not options.pairs:
        parser.error("--doubts are questions on the sentences of --pairs, which are missing")
    options.out.mkdir(parents=True, exist_ok=True)
    drawn = random.Random(SEED)  # noqa: S311 (not for secrets)
    if options.pairs:
        _write(options.out, "pairs", list(_from_pairs(options.pairs, drawn)))
    for path in options.spans:
        _write(options.out, path.stem, list(_from_spans(path, drawn)))
    if options.doubts:
        own = random.Random(SEED)  # noqa: S311 (not for secrets)
        _write(options.out, "doubts", list(_from_doubts(options.doubts, options.pairs, own)))
    for name, wanted in (("news", {Language.ENGLISH}), ("glossed", GLOSSED)):
        paths = [path for path in options.news if language_of(path) in wanted]
        if paths:
            examples = [one for path in _together(paths) for one in _from_news(path, drawn)]
            _write(options.out, name, examples)


def _write(folder: Path, name: str, examples: list[Example]) -> None:
    for suffix, wanted in (("train", False), ("held", True)):
        some = [one for one in examples if one["held"] is wanted]
        lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in some)
        (folder / f"{name}.{suffix}.jsonl").write_text("".join(lines), encoding="utf-8")
        print(f"{name}.{suffix}: {len(some)} questions")


def natural(text: str) -> str:
    """Undo the tokenisation of the pairs: no blanks before punctuation, plain quotation marks."""
    text = text.replace("``", '"').replace("''", '"').replace("-lrb- ", "(").replace(" -rrb-", ")")
    text = re.sub(r" ([.,;:?!%)\]])", r"\1", text)
    text = re.sub(r"([(\[$£]) ", r"\1", text)
    return re.sub(r" ('s|n't|'re|'ve|'ll|'d|'m|')\b", r"\1", text)


def _from_pairs(path: Path, drawn: random.Random) -> Iterator[Example]:
    read = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    asked = [(natural(one["question"]), natural(one["sentence"])) for one in read]
    sentences = list(dict.fromkeys(sentence for _, sentence in asked))
    rows = {sentence: row for row, sentence in enumerate(sentences)}
    scores = _fused([question for question, _ in asked], sentences)
    held_from = int(len(sentences) * HELD_PAIRS)
    for number, (question, sentence) in enumerate(asked):
        right = rows[sentence]
        held = right >= held_from
        order = np.argsort(-scores[number])
        near = [row for row in order if row != right and (row >= held_from) == held][:16]
        chosen = [*near[:2], *drawn.sample(near[2:], HARD - 2)]
        candidates = [{"sentence": sentences[row], "before": ""} for row in (right, *chosen)]
        yield _example(question, candidates, right=0, span=None, held=held, drawn=drawn)


def _from_doubts(path: Path, pairs: Path, drawn: random.Random) -> Iterator[Example]:
    """Read questions on sentences of the pairs: "no" ones that seem answered and are not, and a "yes" one."""
    read = [json.loads(one) for one in pairs.read_text(encoding="utf-8").splitlines()]
    sentences = list(dict.fromkeys(natural(one["sentence"]) for one in read))
    sentences = sentences[: int(len(sentences) * HELD_PAIRS)]
    doubts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if any(digest(sentences[one["id"]]) != one["of"] for one in doubts):
        raise SystemExit(f"{path} is about other sentences than those of {pairs}, or their order changed")
    asked = [
        (one["id"], question, right, one["answer"])
        for one in doubts
        for right in ("no", "yes")
        for question in one[right]
    ]
    scores = _fused([question for _, question, _, _ in asked], sentences)
    held = np.arange(len(sentences)) // DOUBTS_TOGETHER % HELD_DOUBTS == HELD_DOUBTS - 1
    for number, (own, question, right, answer) in enumerate(asked):
        # Another sentence of the same article may answer what its own does not.
        others = np.abs(np.arange(len(sentences)) - own) >= (SAME_ARTICLE if right == "no" else 1)
        near = [int(row) for row in np.argsort(-scores[number]) if others[row] and held[row] == held[own]][
            :16
        ]
        chosen = [*near[:2], *drawn.sample(near[2:], HARD - 2)]
        example = {
            "question": question,
            "candidates": [{"sentence": sentences[row], "before": ""} for row in (own, *chosen)],
            "held": bool(held[own]),
        }
        if right == "no":
            yield {**example, "right": None, "span": None}
        else:
            yield {**example, "right": 0, "span": _only_place(answer, sentences[own])}


def _only_place(answer: str, sentence: str) -> list[int] | None:
    """Return where an answer stands, where that is but once and in whole words."""
    places = [found.span() for found in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", sentence)]
    return list(places[0]) if len(places) == 1 else None


def digest(sentence: str) -> str:
    """Return what doubts know their sentence by, besides its number: the project has no copy of it."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:8]


def _from_spans(path: Path, drawn: random.Random) -> Iterator[Example]:
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph for article in data for paragraph in article["paragraphs"]]
    for number, paragraph in enumerate(paragraphs):
        text = paragraph["context"]
        spans = [passage.sentence for passage in split(text, Language.ENGLISH)]
        sentences = [text[one.start : one.end] for one in spans]
        held = number % 10 == 9  # noqa: PLR2004 (a tenth)
        questions = (
            paragraph["qas"] if held else drawn.sample(paragraph["qas"], min(3, len(paragraph["qas"])))
        )
        for asked in questions:
            answer = asked["answers"][0]
            start, end = answer["answer_start"], answer["answer_start"] + len(answer["text"])
            right = next((i for i, s in enumerate(spans) if s.start <= start and end <= s.end), None)
            if right is None or len(sentences) < 2:  # noqa: PLR2004 (nothing to choose from)
                continue
            golden = {one["text"].casefold() for one in asked["answers"]}
            wrong = [
                i
                for i, s in enumerate(sentences)
                if i != right and not any(g in s.casefold() for g in golden)
            ]
            order = [right, *drawn.sample(wrong, min(4, len(wrong)))]
            candidates = [{"sentence": sentences[i], "before": sentences[i - 1] if i else ""} for i in order]
            span = [start - spans[right].start, end - spans[right].start]
            yield _example(asked["question"], candidates, right=0, span=span, held=held, drawn=drawn)


def _together(paths: list[Path]) -> list[list[Path]]:
    """Return files by language: near sentences of other reports are looked for in the same language."""
    languages = sorted({language_of(path) for path in paths})
    return [[path for path in paths if language_of(path) is language] for language in languages]


def _from_news(paths: list[Path], drawn: random.Random) -> Iterator[Example]:
    """Read this project's own reports: a question, all sentences of its report, the nearest of others.

    A question that names no place ("bare") could be answered by other reports, too: it gets none of theirs.
    """
    language = language_of(paths[0])
    articles = [
        (path.stem, number, _read_as(json.loads(line), language))
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines())
    ]
    places = [(i, j) for i, (_, _, article) in enumerate(articles) for j in range(len(article["sentences"]))]
    rows = {place: row for row, place in enumerate(places)}
    asked = [(i, one) for i, (_, _, article) in enumerate(articles) for one in article["questions"]]
    sentences = [articles[i][2]["sentences"][j] for i, j in places]
    scores = _fused([one["question"] for _, one in asked], sentences)
    for row, (i, one) in enumerate(asked):
        name, number, article = articles[i]
        held = is_held(number, language)
        near = [
            places[k]
            for k in np.argsort(-scores[row])[:60]
            if places[k][0] != i and is_held(articles[places[k][0]][1], language) is held
        ]
        elsewhere = [] if one.get("kind") == "bare" else near[:ELSEWHERE]
        own = [(i, j) for j in range(len(article["sentences"])) if j != one["sentence"]]
        wrong = sorted([*own, *elsewhere], key=lambda place: -float(scores[row, rows[place]]))
        candidates = [_candidate(articles[k][2], j) for k, j in wrong]
        example = {"question": one["question"], "held": held, "article": f"{name}-{number}"}
        if one["sentence"] is None or (not held and drawn.random() < WITHOUT / 2):
            yield {**example, "candidates": candidates, "right": None, "span": None}
        else:
            right = _candidate(article, one["sentence"])
            span = one["span"] or None
            yield {**example, "candidates": [right, *candidates], "right": 0, "span": span}


def _read_as(article: dict[str, Any], language: Language) -> dict[str, Any]:
    """Return a report as a model of English reads it, with each answer's characters in what it reads."""
    read = [gloss(sentence, language) for sentence in article["sentences"]]
    questions = [
        {
            **one,
            "question": gloss(one["question"], language).text,
            "span": None if one["sentence"] is None else _answer_in(read[one["sentence"]], article, one),
        }
        for one in article["questions"]
    ]
    return {"sentences": [one.text for one in read], "questions": questions}


def _answer_in(read: Reading, article: dict[str, Any], asked: dict[str, Any]) -> list[int] | None:
    start = article["sentences"][asked["sentence"]].find(asked["answer"])
    if start < 0:
        return None
    end = start + len(asked["answer"])
    if not read.spans:
        return [start, end]
    inside = [span for span in read.spans if span[2] < end and span[3] > start]
    return [inside[0][0], inside[-1][1]] if inside else None


def _candidate(article: dict[str, Any], position: int) -> dict[str, str]:
    before = article["sentences"][position - 1] if position else ""
    return {"sentence": article["sentences"][position], "before": before}


def _example(
    question: str,
    candidates: list[dict[str, str]],
    *,
    right: int,
    span: list[int] | None,
    held: bool,
    drawn: random.Random,
) -> Example:
    if not held and drawn.random() < WITHOUT:
        return {"question": question, "candidates": candidates[1:], "right": None, "span": None, "held": held}
    return {"question": question, "candidates": candidates, "right": right, "span": span, "held": held}


def _fused(questions: list[str], sentences: list[str]) -> NDArray[np.float32]:
    """Return cosine and BM25 of all pairs, standardised and added, (questions, sentences)."""
    encoder = SentenceEncoder(Model.choose())
    asked = _vectors(encoder.encode_questions, questions)
    told = _vectors(
        lambda some: [row for (row,) in encoder.encode_passages([[one] for one in some])], sentences
    )
    cosine: NDArray[np.float32] = asked @ told.T
    words = bm25s.BM25(k1=0.9, b=0.4)
    words.index([analyse(one, Language.ENGLISH) or [""] for one in sentences], show_progress=False)
    for row, question in enumerate(questions):
        terms = [term for term in analyse(question, Language.ENGLISH) if term in words.vocab_dict]
        scores = words.get_scores(terms) if terms else np.zeros(len(sentences), dtype=np.float32)
        cosine[row] = standardise(cosine[row]) + standardise(scores)
    return cosine


def _vectors(encode: Callable[[list[str]], list[Encoded]], texts: list[str]) -> Vectors:
    """Encode texts, some at once: their word pieces' vectors would not fit into memory together, (n, d)."""
    firsts = range(0, len(texts), AT_ONCE)
    return np.concatenate([[one.vector for one in encode(texts[i : i + AT_ONCE])] for i in firsts])


if __name__ == "__main__":
    main()
