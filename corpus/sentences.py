"""Where sentences begin. The only module that knows sentencex.

sentencex knows the abbreviations of many languages and is fast. It is less sure about quotations, dates
and numbers in Russian and Kazakh, so a few rules of ours take its boundaries away or add some. What they
are worth is in docs/decisions/0002-sentences-and-languages.md, measured by `benchmarks/sentences.py`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.languages import Language

# sentencex takes quadratic time over quotation marks that are never closed: a long text is read in windows.
_WINDOW = 5_000

# A longer quotation is cut at the ends of its own sentences, and so is what a stray quotation mark opens.
_LONG_QUOTE = 400
_QUOTES = "«»“”„\"‘’'"
_OPENED = re.compile(rf"\s([{_QUOTES}]+)$")
_UNQUOTED = dict.fromkeys(map(ord, _QUOTES), " ")

# Enough to see an abbreviation or a list number whole.
_LOOK_BACK = 24

_OPENING = r"[«“„\"'‘(\[]*"
_CLOSING = ")]}»”’"

# No sentence ends with these: a name follows the first ones, a number the others ("No." alone is an answer).
_NAME_FOLLOWS = re.compile(
    r"(?:^|[\s(«“\"])(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Maj|Capt|Sgt|Adm|Gov|Sen|Rep|Rev|v|vs|cf|e\.g|i\.e|"
    r"ген|полк|проф|акад|доц|им|ул|пр|просп|пер|пл|ср|т\. ?е|т\. ?к|"
    r"мыс|жж?|ғ|қ)\.$",  # a Kazakh sentence ends with its verb, hardly ever with "2022 ж."
    re.IGNORECASE,
)
_NUMBER_FOLLOWS = re.compile(
    r"(?:^|[\s(«“\"])(?:no|vol|pp?|fig|ch|approx|д|кв|стр|с|табл|рис|гл|ст|п|пп|см|№|қар)\.$", re.IGNORECASE
)
_CITY = re.compile(r"(?:^|[^\d\s])\s+г\.$")  # "в г. Алматы"; after a number the same letter means a year
_CYRILLIC = "А-ЯЁӘҒҚҢӨҰҮҺІ"
_INITIALS = re.compile(
    r"(?:^|[\s(«“\"])(?!(?:U\.[KNS]|E\.U|D\.C|L\.A)\.$)"  # these are names themselves and end sentences
    rf"(?:Дж|[A-Z{_CYRILLIC}])(?:\.-?[A-Z{_CYRILLIC}]){{0,2}}\.$"
)
_LIST_NUMBER = re.compile(r"^\W*(?:\d{1,3}|\w)[.)]$")
_ATTRIBUTION = re.compile(r"[—–-]\s*[^\W\d_]")

# A word that can hardly be a name, so "в 1986 г." before it ends a sentence and "В 2019 г. Токаев" does not.
_STARTERS = (
    "А|Без|В|Все|Всего|Вскоре|Для|До|Его|Её|Если|За|Затем|И|Из|Из-за|Их|К|Как|Когда|Кроме|Многие|На|Но|О|Об|Однако|"
    "Он|Она|Они|Оно|От|Перед|По|Позже|Поэтому|После|Потом|При|С|Сейчас|Также|Там|Теперь|Тогда|Только|Тут|У|Хотя|"
    "Что|Эта|Эти|Это|Этот"
)
_UPPER = r"(?=" + _OPENING + r"[A-Z" + _CYRILLIC + "])"
_MISSED = re.compile(
    rf"(?:…|\.\.\.)[»”]?\s++{_UPPER}"
    rf"|[.!?…]\)\s++{_UPPER}"
    rf"|\.\s++(?=[—–]\s+[A-Z{_CYRILLIC}])"  # «Ждём, — сказал мэр. — Помощь придёт»
    rf"|\b(?:т\. ?[дпб]|др|обл|тыс|млн|млрд|чел)\.\s++{_UPPER}"
    rf"|\d\s?гг?\.\s++(?=(?:{_STARTERS})\s)"
    r"|[^\W\d_]{4}\.\s++(?=\d)"
)

_END = re.compile(r"[.!?…]")


def has_sentence(text: str) -> bool:
    """Say whether a sentence ends somewhere in a text; in a menu none does."""
    return _END.search(text) is not None


def starts(text: str, language: Language) -> list[int]:
    """Give the offsets in a paragraph at which its sentences begin, in order; the first is 0."""
    flat = re.sub(r"[\s\ud800-\udfff]", " ", text)  # sentencex reads UTF-8, which has no lone surrogates
    every = []
    for start, end in pairwise([*_whole_quotes(flat, language), len(flat)]):
        every.append(start)
        if end - start > _LONG_QUOTE:
            inside = _whole_quotes(flat[start:end].translate(_UNQUOTED), language)
            every += [start + offset for offset in inside]
    return sorted({_before_quotes(flat, start) for start in every})


def _before_quotes(text: str, start: int) -> int:
    """Move a beginning before the quotation marks that open right there."""
    opened = _OPENED.search(text, max(0, start - _LOOK_BACK), start)
    return opened.start(1) if opened else start


def _whole_quotes(text: str, language: Language) -> list[int]:
    """Give the offsets at which sentences begin; most quotations stay whole, with whoever is quoted."""
    offsets = sorted({*_found(text, language), *(missed.end() for missed in _MISSED.finditer(text))})
    kept = [0]
    for start, end in pairwise([*offsets, len(text)]):
        before = text[max(kept[-1], start - _LOOK_BACK) : start].rstrip()
        if not _belong_together(before, text[start:end].strip()):
            kept.append(start)
    return kept


def _found(text: str, language: Language) -> Iterator[int]:
    """Yield the offsets after 0 at which sentencex begins a sentence."""
    from sentencex import get_sentence_boundaries  # noqa: PLC0415  # a command that splits nothing need not load it

    start = 0
    while start < len(text):
        window = text[start : start + _WINDOW]
        found = [int(each["start_index"]) for each in get_sentence_boundaries(str(language), window)]
        yield from (start + offset for offset in found if offset)
        # The last sentence of a window may be cut short, so the next window begins with it.
        start += found[-1] if found and found[-1] > _WINDOW // 2 else _WINDOW


def _belong_together(left: str, right: str) -> bool:
    """Say whether a boundary between two pieces is none."""
    if not any(letter.isalnum() for letter in right):
        return True
    return bool(
        _goes_on(right)
        or _LIST_NUMBER.match(left)
        or _NAME_FOLLOWS.search(left)
        or _INITIALS.search(left)
        or _CITY.search(left)
        or (right[0].isdigit() and _NUMBER_FOLLOWS.search(left))
    )


def _goes_on(piece: str) -> bool:
    """Say whether a piece begins as no sentence does: "— сказал он", "tenge.", "» и ушёл"."""
    word = _ATTRIBUTION.match(piece)
    first = piece[word.end() - 1 :] if word else piece.lstrip(_CLOSING + ",;:%. ")
    # The second letter tells "iPhone" and "eBay" from a word in the middle of a sentence.
    return piece[0] in ",;:%" or (first[:1].islower() and not first[1:2].isupper())
