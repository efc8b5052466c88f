"""Message entities: counting in UTF-16, finding them in plain text, and which may lie in which. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.fakes.telegram_wire import Json

# Which of two entities on the same span comes first; the numbers are TDLib's.
_PRIORITY = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
_FOUND_PRIORITY = 50
BLOCKQUOTES = frozenset({"blockquote", "expandable_blockquote"})
STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler"})
MONOSPACED = frozenset({"code", "pre"})
LINKS = frozenset({"text_link", "text_mention", "custom_emoji"})
FOUND = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})

_NAMES = r"[A-Za-z0-9_]"
_FINDERS = (
    ("url", re.compile(r"(?<![\w@.])(?:https?://|tg://)[^\s<>\"]+", re.IGNORECASE)),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")),
    (
        "url",
        re.compile(
            r"(?<![\w@./-])(?:[\w-]+\.)+(?:com|org|net|info|io|me|kz|ru|uk|eu)\b(?:[/?#][^\s<>\"]*)?",
            re.IGNORECASE,
        ),
    ),
    ("bot_command", re.compile(rf"(?<![\w/<>])/{_NAMES}{{1,64}}(?:@{_NAMES}{{3,32}})?(?![\w/<>])", re.ASCII)),
    ("mention", re.compile(rf"(?<![\w@/])@{_NAMES}{{3,32}}(?!\w)")),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d_])\w{1,256}(?![\w#])")),
)


@dataclass(frozen=True)
class Entity:
    """A span of a message; offset and length count UTF-16 code units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    user_id: int | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length

    def holds(self, other: Entity) -> bool:
        return self.offset <= other.offset and other.end <= self.end

    def meets(self, other: Entity) -> bool:
        return self.offset < other.end and other.offset < self.end

    def json(self) -> Json:
        """Write the entity as the Bot API does, the user of a text_mention left to the world."""
        optional = {"url": self.url, "language": self.language, "custom_emoji_id": self.custom_emoji_id}
        present = {name: value for name, value in optional.items() if value}
        return {"type": self.type, "offset": self.offset, "length": self.length, **present}


@dataclass(frozen=True)
class Words:
    """A text with its entities, and what Telegram would have dropped from it without a word."""

    text: str
    entities: tuple[Entity, ...] = ()
    defects: tuple[str, ...] = ()


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_cut(text: str, offset: int, length: int) -> str:
    """Return the span a Telegram offset and length name."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "surrogatepass")


def ordered(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Sort as Telegram lists them: by start, the longer first, then by kind."""
    return tuple(
        sorted(entities, key=lambda e: (e.offset, -e.length, _PRIORITY.get(e.type, _FOUND_PRIORITY)))
    )


def find_entities(text: str, given: Iterable[Entity] = ()) -> tuple[Entity, ...]:
    """Find the links, commands, mentions and hashtags of a plain text, as Telegram's server does.

    Entities that were given stay; nothing is found inside a link, code or another find.
    """
    kept = list(given)
    taken = [entity for entity in kept if entity.type not in STYLES | BLOCKQUOTES]
    for type_, finder in _FINDERS:
        for match in finder.finditer(text):
            found = _found(type_, text, match)
            if not any(found.meets(other) for other in taken):
                taken.append(found)
                kept.append(found)
    return ordered(kept)


def _found(type_: str, text: str, match: re.Match[str]) -> Entity:
    words = match[0].rstrip(".,:;!?)\"'»") if type_ == "url" else match[0]
    return Entity(type_, utf16_length(text[: match.start()]), utf16_length(words))


def settle(words: Words) -> Words:
    """Apply Telegram's rules of nesting; what a reader would miss afterwards is named as a defect.

    Links, code and blockquotes do not nest in their own kind; code and links do not share a span, the
    outer one stays; bold and its like stop where code begins.
    """
    solid: list[Entity] = []
    styles: list[Entity] = []
    defects = list(words.defects)
    for entity in ordered(words.entities):
        if entity.type in STYLES:
            styles.append(entity)
        elif outer := _refusing(entity, solid):
            defects.append(f"{entity.type} inside {outer.type} is dropped at UTF-16 offset {entity.offset}")
        else:
            solid.append(entity)
    code = [entity for entity in solid if entity.type in MONOSPACED]
    for style in styles:
        if any(style.meets(entity) for entity in code):
            defects.append(f"{style.type} does not reach into code at UTF-16 offset {style.offset}")
        solid += _around(style, code)
    return Words(words.text, ordered(_merged(solid)), tuple(defects))


def _refusing(entity: Entity, kept: Iterable[Entity]) -> Entity | None:
    return next((outer for outer in kept if outer.meets(entity) and not _may_share(outer, entity)), None)


def _may_share(outer: Entity, inner: Entity) -> bool:
    if outer.type in BLOCKQUOTES:
        return inner.type not in BLOCKQUOTES
    return inner.type in BLOCKQUOTES and outer.type in LINKS and inner.holds(outer)


def _around(style: Entity, code: Iterable[Entity]) -> Iterator[Entity]:
    start = style.offset
    for entity in sorted(code, key=lambda e: e.offset):
        if entity.meets(style):
            if start < entity.offset:
                yield replace(style, offset=start, length=entity.offset - start)
            start = max(start, entity.end)
    if start < style.end:
        yield replace(style, offset=start, length=style.end - start)


def _merged(entities: Iterable[Entity]) -> Iterator[Entity]:
    """Drop bold within bold and the like: nothing is lost by it."""
    seen: list[Entity] = []
    for entity in ordered(entities):
        if not any(other.type == entity.type and other.holds(entity) for other in seen):
            seen.append(entity)
            yield entity


def trim(words: Words) -> Words:
    """Strip the ends as Telegram does: at the front only up to the first entity."""
    text = words.text.rstrip(" \n\t\r")
    end = utf16_length(text)
    entities = [replace(e, length=min(e.length, end - e.offset)) for e in words.entities if e.offset < end]
    first = min((entity.offset for entity in entities), default=end)
    head = 0
    while head < first and text[head] in " \n":  # spaces are one UTF-16 unit each, so indices agree here
        head += 1
    moved = tuple(replace(entity, offset=entity.offset - head) for entity in entities)
    return Words(text[head:], moved, words.defects)
