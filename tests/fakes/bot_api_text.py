"""From the parameters text, parse_mode and entities to what a message says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.fakes.telegram_entities import Entity, Words, find_entities, settle, trim, utf16_length
from tests.fakes.telegram_html import InvalidMarkup, parse_html
from tests.fakes.telegram_link import checked_link
from tests.fakes.telegram_wire import Json, bad_request, not_here, too_strict

if TYPE_CHECKING:
    from tests.fakes.telegram_world import World

MOST_ENTITIES = 100
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
_TYPES = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
    }
)
_FOUND = frozenset(
    {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "date_time"}
)


@dataclass(frozen=True)
class Content:
    """What a message says, as the Bot API writes it, and the HTML it came from."""

    text: str
    entities: tuple[Json, ...]
    html: str | None

    def json(self, *, text: str, entities: str) -> Json:
        """Write the content under the names that texts and captions have for it."""
        marks = {entities: list(self.entities)} if self.entities else {}
        return ({text: self.text} if self.text else {}) | marks


def read_text(world: World, parameters: Json, *, too_long: str = "message is too long") -> Content:
    """Read text, parse_mode and entities; what Telegram silently drops becomes a defect.

    Raises:
        Refused: The markup is invalid, or nothing is left, or too much.
    """
    content = _read(world, parameters, text="text", entities="entities")
    if not content.text:
        raise bad_request("message text is empty")
    if utf16_length(content.text) > LONGEST_TEXT:
        raise bad_request(too_long)
    return content


def read_caption(world: World, parameters: Json) -> Content:
    content = _read(world, parameters, text="caption", entities="caption_entities")
    if utf16_length(content.text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return content


def _read(world: World, parameters: Json, *, text: str, entities: str) -> Content:
    source = parameters.get(text, "")
    mode = parameters.get("parse_mode", "")
    if mode and entities in parameters:
        raise too_strict(f'both "parse_mode" and "{entities}"')
    if mode:
        words = _parse(source, mode)
    else:
        words = Words(source, tuple(_given(source, entity) for entity in parameters.get(entities, [])))
    words = settle(trim(words))
    world.defects += [f"{defect}, in {source!r}" for defect in words.defects]
    kept = _keep(world, words)
    found = find_entities(words.text, kept)
    return Content(words.text, tuple(_json(world, entity) for entity in found), source if mode else None)


def _parse(source: str, mode: str) -> Words:
    match mode.lower():
        case "html":
            try:
                return parse_html(source)
            except InvalidMarkup as error:
                raise bad_request(f"can't parse entities: {error}") from error
        case "markdown" | "markdownv2":
            raise not_here(mode)
    raise bad_request("unsupported parse_mode")


def _given(text: str, entity: Json) -> Entity:
    """Check one of the entities a bot wrote itself."""
    if entity["type"] not in _TYPES | _FOUND:
        raise bad_request(f"can't parse MessageEntity: unknown type {entity['type']!r}")
    user = entity.get("user", {})
    span = Entity(
        entity["type"],
        entity["offset"],
        entity["length"],
        url=entity.get("url"),
        language=entity.get("language"),
        custom_emoji_id=entity.get("custom_emoji_id"),
        user_id=user.get("id"),
    )
    _check_span(text, span)
    if span.type == "text_link":
        return replace(span, url=_link(span.url))
    return span


def _check_span(text: str, span: Entity) -> None:
    end = utf16_length(text)
    if span.offset < 0 or span.length <= 0:
        raise too_strict("an entity of no length, or before the text")
    if span.end > end:
        raise bad_request(
            f"entity beginning at UTF-16 offset {span.offset} ends after the end of the text "
            f"at UTF-16 offset {end}"
        )
    units = text.encode("utf-16-le")
    for offset in (span.offset, span.end):
        if offset < end and 0xDC00 <= int.from_bytes(units[2 * offset : 2 * offset + 2], "little") < 0xE000:
            raise bad_request(f"entity begins or ends in the middle of a character at UTF-16 offset {offset}")


def _link(href: str | None) -> str:
    url = checked_link(href or "")
    if url is None:
        raise too_strict(f"an invalid link in an entity: {href!r}")
    return url


def _keep(world: World, words: Words) -> list[Entity]:
    """Keep the first hundred entities, and of mentions those of people the bot has met."""
    if len(words.entities) > MOST_ENTITIES:
        lost = len(words.entities) - MOST_ENTITIES
        world.defects.append(f"{lost} of {len(words.entities)} entities are dropped, in {words.text!r}")
    kept = []
    for entity in words.entities[:MOST_ENTITIES]:
        if entity.type == "text_mention" and not world.knows(entity.user_id or 0):
            world.defects.append(f"the mention of user {entity.user_id} is dropped, in {words.text!r}")
        else:
            kept.append(entity)
    return kept


def _json(world: World, entity: Entity) -> Json:
    if entity.type == "text_mention" and entity.user_id is not None:
        return entity.json() | {"user": world.people[entity.user_id].json()}
    return entity.json()
