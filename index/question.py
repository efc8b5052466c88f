"""AskedQuestion: a question as shelves and models read it; pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.languages import Language
from index.encoder import Encoded
from index.fusion import Profile
from index.glosses import Reading
from index.matching import Idf, Word, read_words
from index.meanings import meanings
from index.shelves import FIELDS, Query
from index.signals import Scores, Signal

#: What a stop word of a question counts in late interaction: "who" and "when" tell what is asked for.
STOP_WORD = 1.0

#: What is compared across languages.
SHARED = (Signal.MEANINGS, Signal.PARAGRAPH_MEANINGS)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, read once: its telling words, its terms by field, and as a model reads it, if it can.

    `as_read` says how the same model reads any text.
    """

    text: str
    language: Language
    words: Sequence[Word]
    terms: Mapping[Signal, Sequence[str]]
    profile: Profile
    reading: Reading | None
    encoded: Encoded | None
    piece_weights: Scores
    as_read: Callable[[str, Language], Reading]

    def query(self, language: Language) -> Query:
        """Return what is compared on the shelf of a language: in another one, meanings and vectors alone."""
        if language is self.language:
            return Query(self.terms, self.encoded)
        return Query({signal: self.terms[signal] for signal in SHARED}, self.encoded)


def read_question(
    text: str,
    language: Language,
    *,
    profile: Profile,
    reading: Reading | None,
    encoded: Encoded | None,
    as_read: Callable[[str, Language], Reading],
    closest: Callable[[Signal, str], str],
    idf: Idf,
) -> AskedQuestion:
    """Read a question.

    Args:
        text: what was asked.
        language: its language.
        profile: how a model reads it.
        reading: what the model reads of it, None where it cannot.
        encoded: what the model made of that.
        as_read: how the model reads any text.
        closest: from a field and a term to the term of the index that it is a slip of, or the term itself.
        idf: how rare a stem is among passages of its language.
    """
    terms = {
        signal: [
            closest(signal, term)
            for term in (
                meanings(text, language, is_question=True) if signal in SHARED else field.terms(text, language)
            )
        ]
        for signal, field in FIELDS.items()
    }
    return AskedQuestion(
        text=text,
        language=language,
        words=read_words(text, language),
        terms=terms,
        profile=profile,
        reading=reading,
        encoded=encoded,
        as_read=as_read,
        piece_weights=_piece_weights(text, language, reading, encoded, idf),
    )


def _piece_weights(
    text: str, language: Language, reading: Reading | None, encoded: Encoded | None, idf: Idf
) -> Scores:
    """Return how much each word piece of the question counts: as much as its word is rare, (t,)."""
    if reading is None or encoded is None:
        return np.zeros(0, dtype=np.float32)
    telling = {word.span: word for word in read_words(text, language)}
    weights = []
    for start, end in encoded.spans.tolist():
        begin, stop = reading.original(start, end)
        word = next((word for span, word in telling.items() if span.start < stop and span.end > begin), None)
        is_word = any(letter.isalnum() for letter in reading.text[start:end])
        weights.append(idf(word.stem) if word is not None else STOP_WORD if is_word else 0.1)
    return np.array(weights, dtype=np.float32)
