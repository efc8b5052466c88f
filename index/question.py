"""AskedQuestion: a question as shelves and models read it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.languages import Language
from corpus.passages import Span
from index.analysis import Located, analyse, located_words, words_of
from index.encoder import Encoded, Encoder
from index.fields import FIELDS, Query
from index.fusion import Profile
from index.glosses import GLOSSED, Reading, read_for, read_glosses
from index.matching import Idf, Word, read_words
from index.meanings import concepts, meanings
from index.mending import IsKnown, mend, through
from index.scripts import in_cyrillic
from index.shelves import Shelf
from index.signals import Scores, Signal
from index.words import WordIndex

#: What a stop word and a full stop of a question count in late interaction: "who" tells what is asked for.
STOP_WORD, PUNCTUATION = 1.0, 0.1

#: Letters of a word at least, for it to be taken for one that articles in Cyrillic write in Latin letters.
SHORTEST_FOREIGN = 4

#: What a question may end in.
_ENDS = " \t\n?!.,;:…。？！؟"

#: What is compared across languages.
SHARED = (Signal.MEANINGS, Signal.PARAGRAPH_MEANINGS)

#: What is compared beside vectors in a language that the model speaks; pieces and meanings add nothing there.
SPOKEN = (Signal.WORDS, Signal.PARAGRAPH_WORDS)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, read once: its telling words, its terms by field, and as a model reads it, if it can.

    `text` is in the letters of its language; the spans of `words` are those of what was typed.
    `meant` is the text without the slips in it; where one of those may be a name, `meant` is a guess.
    `as_read` says how the same model reads any text.
    """

    text: str
    meant: str
    is_guess: bool
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
        compared = _compared(self.profile) if language is self.language else SHARED
        return Query({signal: self.terms[signal] for signal in compared}, self.encoded)


def read_question(
    text: str, language: Language, shelves: Mapping[Language, Shelf], encoder: Encoder
) -> AskedQuestion:
    """Read a question.

    Args:
        text: what was asked.
        language: its language.
        shelves: what is searched: typing errors are told by its words, and so is how rare a word is.
        encoder: the model.

    Raises:
        ModelUnavailable, ModelDamaged: when the model is needed and cannot be loaded.
    """
    own = shelves.get(language)
    typed = in_cyrillic(text, language, _is_written_in_latin(own))
    text = as_question(typed.text)
    has_vectors = any(shelf.has_vectors for shelf in shelves.values())
    reading = read_for(text, language, encoder.speaks) if has_vectors else None
    encoded = None if reading is None else encoder.encode_questions([reading.text])[0]
    is_known = _known_to(language, reading, encoded)
    mended = None if own is None else mend(text, language, own.fields[Signal.WORDS].closest, is_known)
    if mended is not None and reading is not None:
        reading = through(read_for(mended.text, language, encoder.speaks) or Reading(mended.text), mended)
        encoded = encoder.encode_questions([reading.text])[0]
        is_known = _known_to(language, reading, encoded)
    meant = mended or Reading(text)
    words = _words(text, meant, language, is_known)
    profile = _profile(language, reading, encoder)
    compared = {*_compared(profile), *(SHARED if shelves.keys() - {language} else ())}
    return AskedQuestion(
        text=typed.text,
        meant=meant.text,
        is_guess=_is_guess(text, meant, language, is_known),
        language=language,
        words=[_as_typed(word, typed) for word in words],
        terms={signal: _terms(text, language, signal, shelves) for signal in compared},
        profile=profile,
        reading=reading,
        encoded=encoded,
        as_read=lambda other, its: read_for(other, its, encoder.speaks) or Reading(other),
        piece_weights=_piece_weights(words, reading, encoded, _idf(own)),
    )


def _is_written_in_latin(shelf: Shelf | None) -> Callable[[str], bool]:
    """Return which words a shelf's articles have in Latin letters, and are too long to be there by chance."""

    def is_written(word: str) -> bool:
        if shelf is None or len(word) < SHORTEST_FOREIGN:
            return False
        return all(term in shelf.fields[Signal.WORDS] for term in analyse(word, Language.ENGLISH))

    return is_written


def _as_typed(word: Word, typed: Reading) -> Word:
    return word._replace(span=Span(*typed.original(word.span.start, word.span.end))) if typed.spans else word


def _profile(language: Language, reading: Reading | None, encoder: Encoder) -> Profile:
    if reading is None:
        return Profile.WORDS
    return Profile.VECTORS if encoder.speaks(language) else Profile.GLOSSES


def as_question(text: str) -> str:
    """Return a question that ends as one: whether somebody types the mark must not matter to any model."""
    return text.rstrip(_ENDS) + "?"


def _known_to(language: Language, reading: Reading | None, encoded: Encoded | None) -> IsKnown:
    """Return which words of a question a dictionary or the model knows; what neither knows may be a name.

    A model has a piece for each word that is not rare. Where nothing can tell, all are known.
    """

    def is_known(word: Located) -> bool:
        if not word.word[0].isalpha() or concepts(word.word, language):
            return True
        if language in GLOSSED:
            return read_glosses(language).find(word.word, language) is not None
        if reading is None or encoded is None or not len(encoded.spans):
            return True
        pieces = (encoded.spans[:, 0] < word.end) & (encoded.spans[:, 1] > word.start)
        return int(pieces.sum()) == 1

    return is_known


def _is_guess(text: str, meant: Reading, language: Language, is_known: IsKnown) -> bool:
    """Say whether a word that was mended may be a name, and so another one than was typed."""
    typed = set(words_of(text, language))
    return any(one.word not in typed and not is_known(one) for one in located_words(meant.text, language))


def _words(text: str, meant: Reading, language: Language, is_known: IsKnown) -> list[Word]:
    """Return the telling words of a question, as they were meant and where they were typed.

    Where nobody typed a capital letter, what is not known is taken for a name.
    """
    found = read_words(meant.text, language)
    if not any(map(str.isupper, text[1:])):
        unknown = {one.start for one in located_words(meant.text, language) if not is_known(one)}
        found = [word._replace(is_name=word.is_name or word.span.start in unknown) for word in found]
    return [word._replace(span=Span(*meant.original(word.span.start, word.span.end))) for word in found]


def _compared(profile: Profile) -> Collection[Signal]:
    """Return the fields of its own language that a question is compared with."""
    return SPOKEN if profile is Profile.VECTORS else FIELDS


def _idf(shelf: Shelf | None) -> Idf:
    return (lambda _: 1.0) if shelf is None else shelf.fields[Signal.WORDS].idf


def _terms(text: str, language: Language, signal: Signal, shelves: Mapping[Language, Shelf]) -> list[str]:
    """Return a question's terms for a field, slips mended by the words of its own shelf, or of all others."""
    if signal in SHARED:
        terms = meanings(text, language, is_question=True)
    else:
        terms = FIELDS[signal].terms(text, language)
    fields = [
        shelf.fields[signal] for shelf in ([shelves[language]] if language in shelves else shelves.values())
    ]
    return [_mended(term, fields) for term in terms]


def _mended(term: str, fields: Sequence[WordIndex]) -> str:
    return next((found for field in fields if (found := field.closest(term)) != term), term)


def _piece_weights(
    words: Sequence[Word], reading: Reading | None, encoded: Encoded | None, idf: Idf
) -> Scores:
    """Return how much each word piece of the question counts: as much as its word is rare, (t,)."""
    if reading is None or encoded is None:
        return np.zeros(0, dtype=np.float32)
    weights = []
    for start, end in encoded.spans.tolist():
        begin, stop = reading.original(start, end)
        word = next((word for word in words if word.span.start < stop and word.span.end > begin), None)
        other = STOP_WORD if any(map(str.isalnum, reading.text[start:end])) else PUNCTUATION
        weights.append(other if word is None else idf(word.stem))
    return np.array(weights, dtype=np.float32)
