"""What people do: they write, edit, forward, press buttons, and block the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

from tests.fakes.telegram_chat import Chat, Message
from tests.fakes.telegram_content import PHOTO, content_of, origin_json, rewritten, written
from tests.fakes.telegram_entities import utf16_length

if TYPE_CHECKING:
    from tests.fakes.telegram_wire import Json
    from tests.fakes.telegram_world import World

ANONYMOUS_ADMIN: Json = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
TELEGRAM_ITSELF: Json = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
LONGEST_TEXT = 4096


class Details(TypedDict, total=False):
    """Where and how something is said; all of it optional."""

    in_: Chat  # default: the private chat with the bot
    topic: int
    reply_to: Message
    quote: str
    entities: list[Json]  # beyond those Telegram finds by itself: text_mention, bold, ...
    via_bot: Person
    anonymous: bool  # as an anonymous administrator of the group
    as_channel: Chat  # in a group, under a channel's name
    album: str  # shown together with the others of that name
    at: int  # Unix time, for old messages


@dataclass(eq=False)
class Callback:
    """A pressed button; `text` is what the bot answered, None while it has not."""

    id: str
    data: str
    message: Message
    is_answered: bool = False
    is_expired: bool = False
    text: str | None = None
    show_alert: bool = False

    def expire(self) -> None:
        """Let so much time pass that the bot may no longer answer."""
        self.is_expired = True


@dataclass(eq=False)
class InlineQuery:
    """A question typed as "@bot question"; `results` is what the bot offered."""

    id: str
    query: str
    results: list[Json] | None = None


class Person:
    """A user of Telegram, or another bot."""

    def __init__(self, world: World, name_json: Json, *, is_bot: bool, language_code: str | None) -> None:
        self.world = world
        self.id = 5_000_000_000 + world.next_number()
        self.is_bot = is_bot
        self.language_code = language_code
        self.hides_name = False  # where their messages are forwarded
        self._name = name_json
        self._private = Chat(world, self.id, "private", person=self, is_opened=False)

    def __repr__(self) -> str:
        return f"<{'bot' if self.is_bot else 'person'} {self._name['first_name']} {self.id}>"

    def name_json(self) -> Json:
        return dict(self._name)

    def json(self) -> Json:
        language = {"language_code": self.language_code} if self.language_code else {}
        return {"id": self.id, "is_bot": self.is_bot, **self._name, **language}

    def private(self) -> Chat:
        """Return the private chat with the bot; the bot may write there once the person has."""
        return self._private

    def says(self, text: str, **details: Unpack[Details]) -> Message:
        """Write a text: to the bot alone, or in a chat."""
        if not text.strip() or utf16_length(text) > LONGEST_TEXT:
            raise ValueError("Telegram's own clients send 1 to 4096 UTF-16 units at once")
        return self._post(written("text", text, details.get("entities", ())), details)

    def sends_photo(self, caption: str = "", **details: Unpack[Details]) -> Message:
        marked = written("caption", caption, details.get("entities", ()))
        return self._post({"photo": [dict(PHOTO)]} | marked, details)

    def sends_sticker(self, emoji: str = "👍", **details: Unpack[Details]) -> Message:
        kind = {"type": "regular", "is_animated": False, "is_video": False}
        size = {"file_id": "sticker-1", "file_unique_id": "s1", "width": 512, "height": 512}
        return self._post({"sticker": {**size, **kind, "emoji": emoji}}, details)

    def sends_document(
        self,
        name: str,
        content: bytes,
        caption: str = "",
        *,
        tells_size: bool = True,
        **details: Unpack[Details],
    ) -> Message:
        """Send a file; its name is the sender's own invention, and its size need not be told."""
        file_id = f"document-{self.world.next_number()}"
        self.world.files[file_id] = content
        names = {"file_id": file_id, "file_unique_id": self.world.unique_id(file_id)}
        size = {"file_size": len(content)} if tells_size else {}
        document = names | ({"file_name": name} if name else {}) | size
        marked = written("caption", caption, details.get("entities", ()))
        return self._post({"document": document} | marked, details)

    def forwards(self, message: Message, **details: Unpack[Details]) -> Message:
        """Forward a message of a person, of the bot or of a channel."""
        return self._post(content_of(message) | {"forward_origin": origin_json(message)}, details)

    def edits(self, message: Message, text: str) -> Message:
        """Change the text or caption of one's own message."""
        if message.data.get("from", {}).get("id") != self.id:
            raise ValueError(f"{message!r} is not by {self!r}")
        with self.world.changed:
            message.data = rewritten(message, text)
            self.world.deliver(message, edited=True)
        return message

    def deletes(self, message: Message) -> None:
        """Delete a message; bots are not told."""
        with self.world.changed:
            message.chat.remove(message)
            self.world.notify()

    def presses(self, message: Message, label: str, *, forgotten: bool = False) -> Callback:
        """Press a button, named by its words or its data; `forgotten`: Telegram no longer has the message.

        Raises:
            LookupError: There is no such button, or it calls nothing back.
        """
        button = message.button(label)
        if "callback_data" not in button:
            raise LookupError(f"the button {label!r} calls nothing back: {button}")
        return self.forges(message, button["callback_data"], forgotten=forgotten)

    def forges(self, message: Message, data: str, *, forgotten: bool = False) -> Callback:
        """Send callback data of one's own making, as a modified client can."""
        with self.world.changed:
            callback = Callback(f"91{self.world.next_number():017}", data, message)
            self.world.callbacks[callback.id] = callback
            gone = {"chat": message.chat.json(), "message_id": message.id, "date": 0}
            content = {
                "id": callback.id,
                "from": self.json(),
                "message": gone if forgotten else message.data,
                "chat_instance": str(7_000_000_000 + abs(message.chat.id)),
                "data": data,
            }
            self.world.tell("callback_query", content)
        return callback

    def reacts(self, message: Message, emoji: str) -> None:
        """Set a reaction; bots are told where they are administrators and asked for it."""
        with self.world.changed:
            if message.chat.type == "private" or message.chat.bot_status == "administrator":
                reaction = {"new_reaction": [{"type": "emoji", "emoji": emoji}], "old_reaction": []}
                place = {"chat": message.chat.json(), "message_id": message.id, "date": self.world.now()}
                self.world.tell("message_reaction", place | {"user": self.json()} | reaction)

    def asks_inline(self, query: str, *, in_: Chat | None = None) -> InlineQuery:
        """Type "@bot query" in some chat."""
        with self.world.changed:
            asked = InlineQuery(f"92{self.world.next_number():017}", query)
            self.world.inline_queries[asked.id] = asked
            chat_type = in_.type if in_ else "sender"
            content = {"id": asked.id, "from": self.json(), "query": query, "offset": ""}
            self.world.tell("inline_query", content | {"chat_type": chat_type})
        return asked

    def blocks_bot(self) -> None:
        with self.world.changed:
            self.world.set_bot_status(self._private, "kicked", by=self.json())

    def unblocks_bot(self) -> None:
        with self.world.changed:
            self.world.set_bot_status(self._private, "member", by=self.json())

    def _post(self, content: Json, details: Details) -> Message:
        chat = details.get("in_", self._private)
        reply_to = details.get("reply_to")
        with self.world.changed:
            self._check_place(chat, details)
            message = chat.post(
                self._author(chat, details)
                | chat.thread(topic=details.get("topic"), reply_to=reply_to)
                | _quote(details)
                | ({"via_bot": details["via_bot"].json()} if "via_bot" in details else {})
                | ({"date": details["at"]} if "at" in details else {})
                | ({"media_group_id": details["album"]} if "album" in details else {})
                | content
            )
            chat.is_opened = True
            self.world.deliver(message)
        return message

    def _check_place(self, chat: Chat, details: Details) -> None:
        if chat.type == "channel":
            raise ValueError("channels speak for themselves: telegram.channel_post")
        if chat.migrated_to is not None:
            raise ValueError(f"{chat!r} is now {chat.migrated_to}")
        if "reply_to" in details and details["reply_to"].chat is not chat:
            raise ValueError(f"{details['reply_to']!r} is not in {chat!r}")
        if chat.bot_status == "kicked" and chat is self._private:
            raise ValueError(f"{self!r} has blocked the bot and must unblock it first")
        if chat is not self._private and self.id not in chat.members:
            raise ValueError(f"{self!r} is not a member of {chat!r}")
        if details.get("topic", None) is not None and details["topic"] not in chat.topics:
            raise ValueError(f"{chat!r} has no topic {details['topic']}")

    def _author(self, chat: Chat, details: Details) -> Json:
        if details.get("anonymous"):
            return {"from": ANONYMOUS_ADMIN, "sender_chat": chat.json()}
        if "as_channel" in details:
            channel_bot = {
                "id": 136817688,
                "is_bot": True,
                "first_name": "Channel",
                "username": "Channel_Bot",
            }
            return {"from": channel_bot, "sender_chat": details["as_channel"].json()}
        return {"from": self.json()}


def _quote(details: Details) -> Json:
    if "quote" not in details:
        return {}
    whole = details["reply_to"].text
    position = utf16_length(whole[: whole.index(details["quote"])])
    return {"quote": {"text": details["quote"], "position": position, "is_manual": True}}
