"""Telegram's HTML: markup in, text and entities out, with Telegram's own complaints. Pure.

It is not HTML: every tag must be known and closed in order, four named references decode, and offsets in
errors count UTF-8 bytes. https://core.telegram.org/bots/api#html-style and the behaviour of TDLib.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tests.fakes.telegram_entities import Entity, Words, ordered, utf16_length
from tests.fakes.telegram_link import checked_link, mentioned_user

_END = "\0"
_SPACES = frozenset(" \t\r\n\v\0")
_STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
}
_TAGS = frozenset(_STYLES) | {"a", "code", "pre", "blockquote", "tg-emoji"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9A-Fa-f]+)|#(?P<decimal>[0-9]+)|(?P<name>[A-Za-z]+));?")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_LONGEST_REFERENCE = 9
_LAST_CODE_POINT = 0x10FFFF


class InvalidMarkup(ValueError):
    """The markup is refused as a whole; the message is what Telegram says."""


@dataclass(frozen=True)
class _Open:
    """A tag that waits for its end."""

    name: str
    offset: int
    position: int
    argument: str = ""


def parse_html(html: str) -> Words:
    """Parse Telegram's HTML.

    Raises:
        InvalidMarkup: A tag is unknown, unclosed or closed out of order, or a reference is no character.
    """
    return _Parser(html).parse()


class _Parser:
    """One pass over one text; used once."""

    def __init__(self, html: str) -> None:
        self._html = html.replace(_END, " ") + _END
        self._at = 0
        self._pieces: list[str] = []
        self._length = 0
        self._open: list[_Open] = []
        self._entities: list[Entity] = []
        self._defects: list[str] = []

    def parse(self) -> Words:
        while self._here != _END:
            if self._here == "<":
                self._read_tag()
            else:
                self._write(self._read_character())
        if self._open:
            raise InvalidMarkup(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        text = self._checked_text()
        # A language is for <pre> alone: code by itself has none.
        entities = (replace(e, language=None) if e.type == "code" else e for e in self._entities)
        return Words(text, ordered(entities), tuple(self._defects))

    @property
    def _here(self) -> str:
        return self._html[self._at]

    def _byte_offset(self, position: int) -> int:
        return len(self._html[:position].encode("utf-8", "surrogatepass"))

    def _checked_text(self) -> str:
        text = "".join(self._pieces)
        if re.search(r"[\ud800-\udfff]", text):
            raise InvalidMarkup(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return text

    def _write(self, character: str) -> None:
        self._pieces.append(character)
        self._length += utf16_length(character)

    def _read_character(self) -> str:
        """Take one character, decoding it where it is one of the few references Telegram knows."""
        match = _REFERENCE.match(self._html, self._at)
        decoded = _decode(match) if match else None
        if match is None or decoded is None:
            self._at += 1
            return self._html[self._at - 1]
        self._at = match.end()
        return decoded

    def _read_tag(self) -> None:
        begin = self._at
        self._at += 1
        if self._here == "/":
            self._at += 1
            self._read_end_tag(begin)
        else:
            self._read_start_tag(begin)

    def _read_start_tag(self, begin: int) -> None:
        name = self._read_until(">").lower()
        if self._here == _END:
            raise InvalidMarkup(f"Unclosed start tag at byte offset {self._byte_offset(begin)}")
        if name not in _TAGS:
            raise InvalidMarkup(f'Unsupported start tag "{name}" at byte offset {self._byte_offset(begin)}')
        tag = _Open(name, self._length, len(self._pieces))
        self._skip_spaces()
        while self._here != ">":
            tag = self._with_attribute(tag, *self._read_attribute(name, begin))
            self._skip_spaces()
        self._at += 1
        if name == "span" and tag.argument != "tg-spoiler":
            where = self._byte_offset(begin)
            raise InvalidMarkup(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self._open.append(tag)

    def _read_attribute(self, tag_name: str, begin: int) -> tuple[str, str]:
        """Read name=value, name="value" or a bare name."""
        unclosed = f"at byte offset {self._byte_offset(begin)}"
        if self._here == _END:
            raise InvalidMarkup(f"Unclosed start tag {unclosed}")
        name = self._read_until("=>")
        if not name:
            raise InvalidMarkup(f'Empty attribute name in the tag "{tag_name}" {unclosed}')
        self._skip_spaces()
        if self._here != "=":
            return name, ""
        self._at += 1
        self._skip_spaces()
        if self._here == _END:
            raise InvalidMarkup(f'Unclosed start tag "{tag_name}" {unclosed}')
        value = self._read_quoted() if self._here in "'\"" else self._read_token()
        if self._here == _END:
            raise InvalidMarkup(f"Unclosed start tag {unclosed}")
        return name, value

    def _read_quoted(self) -> str:
        quote = self._here
        self._at += 1
        value: list[str] = []
        while self._here not in (quote, _END):
            value.append(self._read_character())
        if self._here == quote:
            self._at += 1
        return "".join(value)

    def _read_token(self) -> str:
        begin = self._at
        match = _TOKEN.match(self._html, begin)
        token = match[0] if match else ""
        self._at += len(token)
        if self._here not in _SPACES and self._here != ">":
            raise InvalidMarkup(f"Unexpected end of name token at byte offset {self._byte_offset(begin)}")
        return token.lower()

    def _with_attribute(self, tag: _Open, name: str, value: str) -> _Open:
        """Keep the one attribute each tag listens to; Telegram ignores the others."""
        language = value.removeprefix("language-")
        match tag.name, name:
            case ("a", "href") | ("tg-emoji", "emoji-id") | ("span", "class"):
                return replace(tag, argument=value)
            case ("code", "class") if language != value:
                return replace(tag, argument=language)
            case ("blockquote", "expandable"):
                return replace(tag, argument="expandable")
            case ("blockquote", "cite"):
                return tag
        self._defects.append(f'attribute "{name}" of the tag "{tag.name}" is ignored')
        return tag

    def _read_end_tag(self, begin: int) -> None:
        where = self._byte_offset(begin)
        if not self._open:
            raise InvalidMarkup(f"Unexpected end tag at byte offset {where}")
        name = self._read_until(">")
        self._skip_spaces()
        if self._here != ">":
            raise InvalidMarkup(f"Unclosed end tag at byte offset {where}")
        tag = self._open.pop()
        if name not in ("", tag.name):
            raise InvalidMarkup(
                f'Unmatched end tag at byte offset {where}, expected "</{tag.name}>", found "</{name}>"'
            )
        self._at += 1
        if self._length > tag.offset:
            self._close(tag)

    def _close(self, tag: _Open) -> None:
        span = Entity(_STYLES.get(tag.name, tag.name), tag.offset, self._length - tag.offset)
        match tag.name:
            case "a":
                self._close_link(tag, span)
            case "code" | "pre":
                self._close_code(tag, span)
            case "blockquote":
                self._entities.append(replace(span, type=f"{tag.argument}_blockquote".lstrip("_")))
            case "tg-emoji":
                self._entities.append(_custom_emoji(tag.argument, span))
            case _:
                self._entities.append(span)

    def _close_link(self, tag: _Open, span: Entity) -> None:
        href = tag.argument or "".join(self._pieces[tag.position :])
        user_id = mentioned_user(href)
        url = checked_link(href)
        if user_id is not None:
            self._entities.append(replace(span, type="text_mention", user_id=user_id))
        elif url is not None:
            self._entities.append(replace(span, type="text_link", url=url))
        else:
            self._defects.append(f"invalid href {href!r} is dropped at UTF-16 offset {tag.offset}")

    def _close_code(self, tag: _Open, span: Entity) -> None:
        """Join <pre><code class="language-x"> into one entity where both cover the same text."""
        inner = self._entities[-1] if self._entities else None
        other = "pre" if tag.name == "code" else "code"
        together = inner is not None and replace(inner, language=None) == replace(span, type=other)
        language = tag.argument or (inner.language if inner and together else "")
        if together and language:
            self._entities[-1] = replace(span, type="pre", language=language)
        else:
            self._entities.append(replace(span, language=tag.argument or None))

    def _read_until(self, stops: str) -> str:
        begin = self._at
        while self._here not in _SPACES and self._here not in stops:
            self._at += 1
        return self._html[begin : self._at]

    def _skip_spaces(self) -> None:
        while self._here in _SPACES and self._here != _END:
            self._at += 1


def _decode(match: re.Match[str]) -> str | None:
    if match["name"]:
        return _NAMED.get(match["name"])
    code = int(match["hex"], 16) if match["hex"] else int(match["decimal"])
    too_long = len(match[0].rstrip(";")) > _LONGEST_REFERENCE
    return None if code == 0 or code >= _LAST_CODE_POINT or too_long else chr(code)


def _custom_emoji(argument: str, span: Entity) -> Entity:
    if not argument.isdigit() or int(argument) == 0:
        raise InvalidMarkup("Invalid custom emoji identifier specified")
    return replace(span, type="custom_emoji", custom_emoji_id=argument)
