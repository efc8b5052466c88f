"""Sets of questions that are not in SQuAD's format: this project's own news, and pairs with a sentence."""

import json
import sys
from collections.abc import Collection
from pathlib import Path

from corpus.articles import Article
from corpus.languages import Language
from corpus.passages import Passage, Span
from index.squad import BETWEEN, Asked, QuestionSet

sys.path.insert(0, str(Path(__file__).parents[1] / "training"))

from prepare import HELD_PAIRS, is_held, language_of, natural

#: Sentences of the pairs in one article: neighbours in that file are of one paragraph, more or less.
TOGETHER = 4

#: Kinds of questions: that name no place; that share no word with their answer.
BARE, PARAPHRASED = "bare", "paraphrased"

#: Sentences that are neither trained on nor asked about: more than an article has, and the cut may be in one.
BETWEEN_HALVES = 150


def held_news(*paths: Path, without: Collection[str] = (BARE,)) -> QuestionSet:
    """Read those of this project's made-up reports that the reader was not trained on.

    Questions of some kinds are left out: at least bare ones ("who was arrested?"), which among many reports
    several answer.
    """
    articles: dict[str, Article] = {}
    cut: dict[str, tuple[Passage, ...]] = {}
    asked: list[Asked] = []
    for path in paths:
        language = language_of(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            if not is_held(number, language):
                continue
            raw = json.loads(line)
            key = f"{path.stem}#{number}"
            text, cut[key] = _text(raw["sentences"], set(raw["paragraphs"]))
            articles[key] = _article(key, raw["title"], text, language)
            for one in raw["questions"]:
                if one.get("kind") in without:
                    continue
                right = one["sentence"]
                spans = () if right is None else (cut[key][right].sentence,)
                asked.append(Asked(f"{key}/{len(asked)}", one["question"], key, spans))
    return QuestionSet("+".join(path.stem for path in paths), articles, cut, tuple(asked))


def held_pairs(path: Path) -> QuestionSet:
    """Read the pairs that the reader was not trained on, and that are of other articles than those."""
    articles: dict[str, Article] = {}
    cut: dict[str, tuple[Passage, ...]] = {}
    asked: dict[str, list[str]] = {}
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        asked.setdefault(natural(line["sentence"]), []).append(natural(line["question"]))
    sentences = list(asked)
    sentences = sentences[int(len(sentences) * HELD_PAIRS) + BETWEEN_HALVES :]
    questions: list[Asked] = []
    for first in range(0, len(sentences), TOGETHER):
        some, key = sentences[first : first + TOGETHER], f"{path.stem}#{first}"
        text, cut[key] = _text(some, {0})
        articles[key] = _article(key, "Untitled", text, Language.ENGLISH)
        for sentence, passage in zip(some, cut[key], strict=True):
            questions += [Asked(key, question, key, (passage.sentence,)) for question in asked[sentence]]
    return QuestionSet(path.stem, articles, cut, tuple(questions))


def _article(key: str, title: str, text: str, language: Language) -> Article:
    return Article(key=key, title=title, text=text, source="test", language=language, obtained="evaluation")


def _text(sentences: list[str], begin: set[int]) -> tuple[str, tuple[Passage, ...]]:
    """Put sentences together; `begin` are the numbers of those that begin a paragraph."""
    text, places, starts = "", [], []
    for number, sentence in enumerate(sentences):
        if number:
            text += BETWEEN if number in begin else " "
        if number == 0 or number in begin:
            starts.append(len(text))
        places.append((Span(len(text), len(text) + len(sentence)), len(starts) - 1))
        text += sentence
    ends = [start - len(BETWEEN) for start in starts[1:]] + [len(text)]
    return text, tuple(Passage(span, Span(starts[p], ends[p])) for span, p in places)
