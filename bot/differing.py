"""Differing: what two revisions of an article say differently, sentence by sentence; pure.

For operators, so in English. Lines begin with - where words went and with + where they came, so that nothing
hangs on colours; on a terminal these are coloured, and the words in which sentences differ stand out.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby, zip_longest

import click

from bot.visible import visible
from corpus.articles import Revision
from corpus.passages import split

#: Sentences that stay, shown on both sides of one that does not.
AROUND = 1

#: How much of two sentences is the same, from which on one is the other one changed.
ALIKE = 0.5

#: What is said of an article beside its text.
FIELDS = ("title", "source", "author", "url", "published", "language")


def difference(old: Revision, new: Revision) -> str:
    """Write what a revision says that an earlier one does not, and the other way round."""
    lines = [_heading(old, new)]
    for field in FIELDS:
        before, after = _field(old, field), _field(new, field)
        if before != after:
            lines += ["", f"{field}:", *_pair(before, after)]
    text = list(_text(_sentences(old), _sentences(new)))
    if text:
        lines += ["", "text:", *text]
    elif old.text != new.text:
        lines += ["", "text: the same sentences, with other white space or paragraphs"]
    if len(lines) == 1:
        lines += ["", "They say the same."]
    return "\n".join(lines)


def _heading(old: Revision, new: Revision) -> str:
    said = [f"revision {one.number} ({one.seen_at:%Y-%m-%d %H:%M} UTC)" for one in (old, new)]
    return f"article {old.article_id}: {said[0]} -> {said[1]}"


def _field(revision: Revision, field: str) -> str:
    value = getattr(revision, field)
    return "" if value is None else visible(str(value))


def _sentences(revision: Revision) -> list[str]:
    text = revision.text
    spans = (one.sentence for one in split(text, revision.language))
    return [" ".join(visible(text[span.start : span.end]).split()) for span in spans]


def _text(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(AROUND):
        yield _place(group[0][1], group[-1][2], len(old))
        for kind, start, end, start_new, end_new in group:
            if kind == "equal":
                yield from (f"  {sentence}" for sentence in old[start:end])
            else:
                yield from _block(old[start:end], new[start_new:end_new])


def _place(start: int, end: int, total: int) -> str:
    """Say which sentences of the earlier text follow."""
    return click.style(f"@ sentences {start + 1}-{end} of {total}" if end > start else "@ the end", dim=True)


def _block(gone: Sequence[str], come: Sequence[str]) -> Iterator[str]:
    for before, after in zip_longest(gone, come, fillvalue=""):
        yield from _pair(before, after)


def _pair(before: str, after: str) -> Iterator[str]:
    """Write one that went and one that came, with the words marked where they are much the same."""
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    codes = matcher.get_opcodes() if matcher.ratio() >= ALIKE else []
    if before:
        marked = {place for kind, start, end, _, _ in codes if kind != "equal" for place in range(start, end)}
        yield _line("- ", "red", old, marked)
    if after:
        marked = {place for kind, _, _, start, end in codes if kind != "equal" for place in range(start, end)}
        yield _line("+ ", "green", new, marked)


def _line(sign: str, colour: str, words: Sequence[str], marked: Collection[int]) -> str:
    """Write a line in a colour, marked words bold and underlined; Click leaves that out for a file."""
    runs = groupby(range(len(words)), key=lambda place: place in marked)
    written = [click.style(sign, fg=colour)]
    for is_marked, places in runs:
        run = "".join(words[place] for place in places)
        written.append(click.style(run, fg=colour, bold=is_marked or None, underline=is_marked or None))
    return "".join(written)


def _words(sentence: str) -> list[str]:
    return re.findall(r"\s+|\w+|[^\w\s]", sentence)
