"""Chats and messages as people see them; each keeps the very JSON the Bot API would show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.fakes.telegram_person import Person
    from tests.fakes.telegram_wire import Json
    from tests.fakes.telegram_world import World

ChatType = Literal["private", "group", "supergroup", "channel"]
BotStatus = Literal["member", "administrator", "restricted", "left", "kicked"]

# What stands in a message that nobody wrote: such messages reach every bot in the chat.
SERVICE = frozenset(
    {
        "new_chat_members",
        "left_chat_member",
        "group_chat_created",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
        "forum_topic_created",
        "forum_topic_closed",
    }
)


class Message:
    """One message, live: what is edited shows in every handle on it."""

    def __init__(self, chat: Chat, data: Json) -> None:
        self.chat = chat
        self.data = data
        self.bot_reactions: list[Json] = []

    def __repr__(self) -> str:
        return f"<message {self.id} in {self.chat.id}: {self.text!r}>"

    @property
    def id(self) -> int:
        return int(self.data["message_id"])

    @property
    def text(self) -> str:
        """The text, or the caption, or nothing."""
        return str(self.data.get("text", self.data.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        found: list[Json] = self.data.get("entities") or self.data.get("caption_entities") or []
        return list(found)

    @property
    def links(self) -> list[str]:
        """The hrefs of the text, in order."""
        return [entity["url"] for entity in self.entities if entity["type"] == "text_link"]

    @property
    def keyboard(self) -> list[list[Json]]:
        rows: list[list[Json]] = self.data.get("reply_markup", {}).get("inline_keyboard", [])
        return rows

    @property
    def buttons(self) -> list[str]:
        """The words on the buttons, row by row."""
        return [button["text"] for row in self.keyboard for button in row]

    @property
    def reply_to(self) -> Message | None:
        """The message this one answers, if it is still there."""
        replied = self.data.get("reply_to_message")
        return self.chat.find(replied["message_id"]) if replied else None

    @property
    def topic(self) -> int | None:
        """The forum topic; None in General and outside forums, whatever message_thread_id says."""
        return self.data.get("message_thread_id") if self.data.get("is_topic_message") else None

    @property
    def is_from_bot(self) -> bool:
        return bool(self.data.get("from", {}).get("id") == self.chat.world.bot_id)

    @property
    def is_deleted(self) -> bool:
        return self.chat.find(self.id) is not self

    def button(self, label: str) -> Json:
        """Find a button by its words or its callback data.

        Raises:
            LookupError: There is no such button now.
        """
        for row in self.keyboard:
            for button in row:
                if label in (button["text"], button.get("callback_data")):
                    return button
        raise LookupError(f"no button {label!r} among {self.buttons} under {self!r}")

    def quoted(self) -> Json:
        """Write the message as reply_to_message shows it: without the message it answers itself."""
        return {key: value for key, value in self.data.items() if key != "reply_to_message"}


@dataclass
class Topic:
    """A topic of a forum, named by the id of the message that opened it."""

    id: int
    title: str
    is_closed: bool = False


@dataclass(eq=False)  # two chats are never equal, whatever they hold
class Chat:
    """A chat: who is in it, what was said, and what the bot may do there."""

    world: World
    id: int
    type: ChatType
    title: str = ""
    person: Person | None = None
    username: str | None = None
    is_forum: bool = False
    bot_status: BotStatus = "member"
    is_opened: bool = True
    migrated_to: int | None = None
    members: dict[int, Person] = field(default_factory=dict)
    administrators: set[int] = field(default_factory=set)
    topics: dict[int, Topic] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    _all: dict[int, Message] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{self.type} {self.id} {self.title or self.username}>"

    @property
    def messages(self) -> list[Message]:
        """Everything said and not deleted, in order."""
        with self.world.changed:
            return list(self._all.values())

    @property
    def replies(self) -> list[Message]:
        """What the bot said and did not delete, in order."""
        return [message for message in self.messages if message.is_from_bot]

    def last_reply(self, *, topic: int | None = None) -> Message:
        """Return the bot's last message here, or in one topic.

        Raises:
            AssertionError: The bot has said nothing.
        """
        replies = [message for message in self.replies if topic is None or message.topic == topic]
        if not replies:
            raise AssertionError(f"the bot has said nothing in {self!r}")
        return replies[-1]

    def find(self, message_id: int) -> Message | None:
        return self._all.get(message_id)

    def json(self) -> Json:
        data: Json = {"id": self.id, "type": self.type}
        if self.person is not None:
            data |= self.person.name_json()
        else:
            data["title"] = self.title
        if self.username:
            data["username"] = self.username
        return data | ({"is_forum": True} if self.is_forum else {})

    def post(self, fields: Json) -> Message:
        """Write a message into the chat; `fields` is all but the message's id, chat and date."""
        head = {"message_id": self.world.next_message_id(self), "date": self.world.now(), "chat": self.json()}
        message = Message(self, head | fields)
        self._all[message.id] = message
        return message

    def remove(self, message: Message) -> None:
        self._all.pop(message.id, None)

    def thread(self, *, topic: int | None, reply_to: Message | None) -> Json:
        """Say where a message stands: its topic, and what it answers.

        In a topic every message that answers nothing answers the one that opened the topic; outside
        topics a supergroup's replies carry the id of the thread's first message.
        """
        if topic is None and reply_to is not None:
            topic = reply_to.topic
        fields: Json = {}
        if topic is not None:
            fields = {"message_thread_id": topic, "is_topic_message": True}
            reply_to = reply_to or self.find(topic)
        elif reply_to is not None and self.type == "supergroup":
            fields = {"message_thread_id": reply_to.data.get("message_thread_id", reply_to.id)}
        if reply_to is not None:
            fields["reply_to_message"] = reply_to.quoted()
        return fields
