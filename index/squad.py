"""Question sets in SQuAD's format, with the sentence breaks of XQuAD-R where they are given; pure.

https://arxiv.org/abs/1806.03822 (SQuAD 2.0), https://arxiv.org/abs/2004.05484 (LAReQA, XQuAD-R).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.articles import Article
from corpus.languages import detect
from corpus.passages import Passage, Span
from index.errors import InvalidQuestions

#: What stands between two paragraphs of an article.
BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set; `answers` are the accepted spans in the article's text, none without an answer."""

    id: str
    text: str
    article: str
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Articles and questions about them; `cut` are an article's sentences where the set says them."""

    name: str
    articles: Mapping[str, Article]
    cut: Mapping[str, tuple[Passage, ...]]
    questions: tuple[Asked, ...]


def read_squad(path: Path) -> QuestionSet:
    """Read a file in SQuAD's format: one article a title, its paragraphs apart by an empty line.

    Raises:
        InvalidQuestions: when the file is not in that format, naming what is missing.
        OSError: when it cannot be read.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
        return _set(path.name, data)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise InvalidQuestions(
            f"{path} is not in SQuAD's format ({type(error).__name__}: {error}). It needs "
            '{"data": [{"title": …, "paragraphs": [{"context": …, "qas": [{"question": …, "answers": '
            '[{"text": …, "answer_start": …}]}]}]}]}'
        ) from error


def _set(name: str, data: Sequence[Mapping[str, Any]]) -> QuestionSet:
    articles: dict[str, Article] = {}
    cut: dict[str, tuple[Passage, ...]] = {}
    questions: list[Asked] = []
    for number, one in enumerate(data):
        key = f"{name}#{number}"
        title = str(one.get("title") or "").replace("_", " ").strip()
        text, sentences = "", []
        for paragraph in one["paragraphs"]:
            context, start = str(paragraph["context"]), len(text) + (len(BETWEEN) if text else 0)
            text += BETWEEN + context if text else context
            sentences += _sentences(context, paragraph.get("sentence_breaks"), start)
            questions += [_asked(asked, key, context, start) for asked in paragraph["qas"]]
        articles[key] = Article(
            key=key,
            title=title or "Untitled",
            text=text,
            source=name,
            language=detect(text),
            obtained="evaluation",
        )
        if sentences:
            cut[key] = tuple(sentences)
    return QuestionSet(name, articles, cut, tuple(questions))


def _sentences(context: str, breaks: Sequence[Sequence[int]] | None, start: int) -> list[Passage]:
    paragraph = Span(start, start + len(context))
    found = []
    for begin, end in breaks or ():
        sentence = context[begin:end]
        begin += len(sentence) - len(sentence.lstrip())  # noqa: PLW2901 (white space belongs to no sentence)
        found.append(Passage(Span(start + begin, start + begin + len(sentence.strip())), paragraph))
    return found


def _asked(asked: Mapping[str, Any], key: str, context: str, start: int) -> Asked:
    answers = () if asked.get("is_impossible") else asked["answers"]
    for one in answers:
        begin = one["answer_start"]
        if not one["text"] or context[begin : begin + len(one["text"])] != one["text"]:
            raise ValueError(f"the answer {one['text']!r} is not at {begin} in its context")
    spans = {
        Span(start + one["answer_start"], start + one["answer_start"] + len(one["text"])) for one in answers
    }
    ordered = sorted(spans, key=lambda span: (span.start, span.end))
    return Asked(str(asked.get("id", "")), str(asked["question"]), key, tuple(ordered))
