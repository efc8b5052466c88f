"""Fields: by which words passages are compared, and how a question is put to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from corpus.languages import Language
from index.analysis import analyse, pieces
from index.encoder import Encoded
from index.meanings import meanings
from index.postings import Postings
from index.signals import Signal

#: A paragraph counts half as much as its sentence when candidates are gathered by words.
PARAGRAPH_SHARE = 0.5

#: How candidates are gathered by words: a field of sentences, and that of paragraphs which counts beside it.
WAYS = {
    Signal.WORDS: Signal.PARAGRAPH_WORDS,
    Signal.PIECES: None,
    Signal.MEANINGS: Signal.PARAGRAPH_MEANINGS,
}


@dataclass(frozen=True, slots=True)
class Field:
    """A way to compare words: how a text becomes terms, and whether whole paragraphs are compared."""

    terms: Callable[[str, Language], list[str]]
    of_paragraphs: bool
    with_title: bool = True

    def build(self, texts: Sequence[tuple[str, str]], language: Language) -> Postings:
        """Take the terms of texts, each with its title."""
        titles = {title: self.terms(title, language) for title in {title for title, _ in texts}}
        return Postings.build(
            [
                [*(titles[title] if self.with_title else ()), *self.terms(text, language)]
                for title, text in texts
            ]
        )


#: What is compared by BM25. The title is read with each text, since what it says is often left out below it.
FIELDS: Mapping[Signal, Field] = {
    Signal.WORDS: Field(analyse, of_paragraphs=False),
    Signal.PARAGRAPH_WORDS: Field(analyse, of_paragraphs=True),
    Signal.PIECES: Field(pieces, of_paragraphs=False, with_title=False),
    Signal.MEANINGS: Field(meanings, of_paragraphs=False),
    Signal.PARAGRAPH_MEANINGS: Field(meanings, of_paragraphs=True),
}


class Query(NamedTuple):
    """A question as it is compared: terms by field, none for those that do not count; as a model reads it."""

    terms: Mapping[Signal, Sequence[str]]
    encoded: Encoded | None = None
