"""Mending: a question as it was meant, where a word in it is mistyped; pure.

What is mended is only read by models, never shown. A word is mended when no model or dictionary knows it, no
article has it, and it is a slip of one that an article has (`index.slips`).
"""

from collections.abc import Callable

from corpus.languages import Language
from index.analysis import Located, is_stop_word, located_words, stem
from index.glosses import Reading

#: Say whether a word of a text is known.
IsKnown = Callable[[Located], bool]


def mend(text: str, language: Language, closest: Callable[[str], str], is_known: IsKnown) -> Reading | None:
    """Return a question as it was meant; None where there is nothing to mend.

    Args:
        text: what was asked.
        language: its language.
        closest: from a stem to the one of the articles that it is a slip of, or to itself.
        is_known: which words are right as they are.
    """
    written, spans, last, mended = "", [], 0, False
    for found in located_words(text, language):
        written += text[last : found.start]
        meant = text[found.start : found.end]
        if not is_stop_word(found.word, language) and not is_known(found):
            other = _meant(found.word, language, closest)
            if other != found.word:
                meant, mended = other, True
        spans.append((len(written), len(written) + len(meant), found.start, found.end))
        written += meant
        last = found.end
    return Reading(written + text[last:], tuple(spans)) if mended else None


def _meant(word: str, language: Language, closest: Callable[[str], str]) -> str:
    """Return the word that was meant, with its own ending: arested is arrest and -ed."""
    root = stem(word, language)
    other = closest(root)
    if other == root:
        return word
    if word.startswith(root):
        return other + word[len(root) :]
    # The English stemmer writes i for a last y: minstry is minstri, and so ministri is ministry.
    return other[:-1] + "y" if word[-1] == "y" and other[-1] == root[-1] == "i" else other


def through(outer: Reading, inner: Reading) -> Reading:
    """Return what was read of what was mended, with the characters of what was typed."""
    spans = outer.spans or tuple((start, end, start, end) for start, end, _, _ in inner.spans)
    return Reading(
        outer.text,
        tuple((start, end, *inner.original(begin, stop)) for start, end, begin, stop in spans),
    )
