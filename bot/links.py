"""Links that land on the sentence: text fragments; pure.

https://wicg.github.io/scroll-to-text-fragment/
"""

import re
from urllib.parse import quote

from corpus.passages import Span

#: A sentence of up to so many words is named whole, a longer one by its beginning and its end.
WHOLE_WORDS = 12

#: Words of a long sentence's beginning and end, at least.
END_WORDS = 4


def sentence_link(url: str | None, text: str, sentence: Span) -> str | None:
    """Return the article's address with a fragment that leads browsers to the sentence.

    The fragment is left out where it would fit elsewhere in the article, too; without a URL there is no link.
    """
    if url is None:
        return None
    # Addresses copied out of a browser may lead to some other sentence already.
    url = url.partition(":~:")[0].removesuffix("#")
    fragment = _fragment(text, sentence)
    if fragment is None:
        return url
    # An address may have a fragment of its own; the directive then follows it.
    return f"{url}{'' if '#' in url else '#'}:~:text={fragment}"


def _fragment(text: str, sentence: Span) -> str | None:
    words = text[sentence.start : sentence.end].split()
    everything = _folded(text)
    if len(words) <= WHOLE_WORDS:
        whole = " ".join(words)
        return _escaped(whole) if _occurrences(everything, whole) == 1 else None
    for count in range(END_WORDS, len(words) // 2 + 1):
        start, end = " ".join(words[:count]), " ".join(words[-count:])
        if _occurrences(everything, start) == 1 and _ends_where_it_should(everything, start, end, words):
            return f"{_escaped(start)},{_escaped(end)}"
    return None


def _ends_where_it_should(everything: str, start: str, end: str, words: list[str]) -> bool:
    """Say whether the first place of `end` after `start` is the sentence's own end."""
    begin = everything.index(_folded(start))
    place = everything.find(_folded(end), begin + len(_folded(start)))
    return place + len(_folded(end)) == begin + len(_folded(" ".join(words)))


def _occurrences(everything: str, piece: str) -> int:
    """Count how often a piece stands between boundaries of words: browsers match whole words, in any case."""
    return len(re.findall(rf"(?<!\w){re.escape(_folded(piece))}(?!\w)", everything))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _escaped(piece: str) -> str:
    # A dash, a comma and an ampersand have a meaning in the directive; `quote` leaves the dash alone.
    return quote(piece, safe="").replace("-", "%2D")
