"""What messages hold: texts and captions with their entities, and where a forwarded one came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram_entities import Entity, find_entities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fakes.telegram_chat import Message
    from tests.fakes.telegram_wire import Json

PHOTO: Json = {"file_id": "photo-1", "file_unique_id": "p1", "width": 640, "height": 480, "file_size": 4000}

# Where the entities of a text stand, and those of a caption.
_MARKS = {"text": "entities", "caption": "caption_entities"}
# What a forwarded message keeps; it belongs to no album but one that is forwarded together.
_KEPT = ("text", "entities", "caption", "caption_entities", "photo", "sticker", "document", "poll")


def written(field: str, text: str, given: Sequence[Json] = ()) -> Json:
    """Write a "text" or a "caption" with its entities: those given, and those Telegram finds."""
    if not text:
        return {}
    spans = {Entity(e["type"], e["offset"], e["length"]): e for e in given}
    found = [spans.get(entity, entity.json()) for entity in find_entities(text, spans)]
    return {field: text} | ({_MARKS[field]: found} if found else {})


def rewritten(message: Message, text: str) -> Json:
    """Write a message anew with another text or caption."""
    field = "text" if "text" in message.data else "caption"
    if field == "text" and not text:
        raise ValueError("a text cannot become empty, only a caption can")
    kept = {key: value for key, value in message.data.items() if key not in (field, _MARKS[field])}
    return kept | {"edit_date": message.chat.world.now()} | written(field, text)


def content_of(message: Message) -> Json:
    """Return what of a message is forwarded."""
    return {key: message.data[key] for key in _KEPT if key in message.data}


def origin_json(message: Message) -> Json:
    """Say where a forwarded message came from, as far as its author lets it be known."""
    data = message.data
    if origin := data.get("forward_origin"):
        return dict(origin)
    signed = {"author_signature": data["author_signature"]} if "author_signature" in data else {}
    if message.chat.type == "channel":
        place = {"chat": message.chat.json(), "message_id": message.id}
        return {"type": "channel", "date": data["date"]} | place | signed
    if "sender_chat" in data:
        return {"type": "chat", "date": data["date"], "sender_chat": data["sender_chat"]} | signed
    author = message.chat.world.people.get(data["from"]["id"])
    if author is not None and author.hides_name:
        return {"type": "hidden_user", "date": data["date"], "sender_user_name": data["from"]["first_name"]}
    return {"type": "user", "date": data["date"], "sender_user": data["from"]}
