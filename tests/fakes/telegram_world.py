"""The state behind the fake: one bot, the people, the chats, and what was sent; under one lock."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tests.fakes.telegram_chat import SERVICE, BotStatus, Chat, ChatType, Message
from tests.fakes.telegram_entities import utf16_cut
from tests.fakes.telegram_faults import Faults, Rates
from tests.fakes.telegram_updates import Updates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fakes.telegram_person import Callback, InlineQuery, Person
    from tests.fakes.telegram_wire import Json

T = TypeVar("T")

DEFAULT_IDENTITY = "123456789:fake-token-of-thirty-characters-x"


@dataclass(frozen=True)
class Request:
    """One call as it came, and how it ended; status 0 is a broken connection."""

    method: str
    parameters: Json
    status: int
    description: str
    at: float


@dataclass(frozen=True)
class Sent:
    """One message the bot sent or edited, as it was then."""

    method: str
    chat_id: int
    message_id: int
    text: str
    html: str | None
    entities: tuple[Json, ...]
    reply_markup: Json | None
    message_thread_id: int | None
    reply_to: int | None
    at: float

    @property
    def links(self) -> list[str]:
        """The hrefs of the text, in order."""
        return [entity["url"] for entity in self.entities if entity["type"] == "text_link"]


class World:
    """What Telegram knows. Every method is called with `changed` held, or takes it itself."""

    def __init__(
        self,
        *,
        token: str = DEFAULT_IDENTITY,
        username: str = "crisisbot",
        name: str = "Crisisbot",
        privacy: bool = True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.changed = threading.Condition()
        self.token = token
        self.username = username
        self.name = name
        self.privacy = privacy
        self.clock = clock
        self.is_logged_out = False
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.callbacks: dict[str, Callback] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.files: dict[str, bytes] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.updates = Updates()
        self.faults = Faults()
        self.rates = Rates()
        self.sent: list[Sent] = []
        self.requests: list[Request] = []
        self.defects: list[str] = []
        self._watchers: list[Callable[[], None]] = []
        self._seen: set[int] = set()
        self._numbers = itertools.count(1)
        self._message_ids: dict[int, Iterator[int]] = {}

    @property
    def bot_id(self) -> int:
        return int(self.token.partition(":")[0])

    def bot_json(self) -> Json:
        return {"id": self.bot_id, "is_bot": True, "first_name": self.name, "username": self.username}

    def now(self) -> int:
        return int(self.clock())

    def next_number(self) -> int:
        return next(self._numbers)

    def next_message_id(self, chat: Chat) -> int:
        """Count per supergroup and channel, 1 being their making; private chats and groups share a count."""
        series = chat.id if chat.type in ("supergroup", "channel") else 0
        return next(self._message_ids.setdefault(series, itertools.count(2 if series else 100)))

    def unique_id(self, file_id: str) -> str:
        """Name a file by what it holds: equal for all who send it, unlike its file_id."""
        return f"AgAD{hashlib.sha256(self.files[file_id]).hexdigest()[:12]}"

    def add_chat(self, type_: ChatType, *, title: str, is_forum: bool = False) -> Chat:
        number = self.next_number()
        id_ = -4_000_000_000 - number if type_ == "group" else -1_002_000_000_000 - number
        chat = Chat(self, id_, type_, title=title, is_forum=is_forum)
        self.chats[id_] = chat
        return chat

    def knows(self, user_id: int) -> bool:
        """Tell whether the bot has ever been shown this user."""
        return user_id in self._seen

    def notify(self) -> None:
        """Wake whoever waits for the world to change."""
        self.changed.notify_all()
        for wake in tuple(self._watchers):
            wake()

    def tell(self, kind: str, content: Json) -> None:
        """Queue an update for the bot."""
        if author := content.get("from"):
            self._seen.add(author["id"])
        self.updates.add(kind, content)
        self.notify()

    def deliver(self, message: Message, *, edited: bool = False) -> None:
        """Tell the bot of a message where it may hear it."""
        if self.hears(message):
            kind = "channel_post" if message.chat.type == "channel" else "message"
            self.tell(f"edited_{kind}" if edited else kind, message.data)
        self.notify()

    def hears(self, message: Message) -> bool:
        """Apply the privacy mode: https://core.telegram.org/bots/features#privacy-mode."""
        chat = message.chat
        if chat.bot_status in ("left", "kicked"):
            return False
        if chat.type == "private" or not self.privacy or chat.bot_status == "administrator":
            return True
        return bool(SERVICE & message.data.keys()) or self.is_meant_for_bot(message)

    def is_meant_for_bot(self, message: Message) -> bool:
        """Tell whether the bot hears this in a group despite the privacy mode.

        Of "/command" without a name Telegram delivers only those that follow the bot's own words; this
        fake delivers all. Mentions are not in the documentation's list, and are delivered.
        """
        replied = message.data.get("reply_to_message", {})
        if self.bot_id in (
            replied.get("from", {}).get("id"),
            message.data.get("via_bot", {}).get("id"),
        ):
            return True
        return any(self._names_bot(message.text, entity) for entity in message.entities)

    def _names_bot(self, text: str, entity: Json) -> bool:
        words = utf16_cut(text, entity["offset"], entity["length"]).lower()
        match entity["type"]:
            case "bot_command":
                return words.partition("@")[2] in ("", self.username.lower())
            case "mention":
                return words == f"@{self.username.lower()}"
            case "text_mention":
                return bool(entity["user"]["id"] == self.bot_id)
        return False

    def set_bot_status(self, chat: Chat, status: BotStatus, *, by: Json) -> None:
        """Change what the bot is in a chat, and tell it so."""
        old, chat.bot_status = chat.bot_status, status
        change = {
            "chat": chat.json(),
            "from": by,
            "date": self.now(),
            "old_chat_member": member_json(old, self.bot_json()),
            "new_chat_member": member_json(status, self.bot_json()),
        }
        self.tell("my_chat_member", change)

    def wait_until(self, condition: Callable[[], T | None], *, within: float = 5.0) -> T:
        """Block until `condition` returns something true, and return that.

        Raises:
            TimeoutError: It did not come true in time.
        """
        with self.changed:
            found = self.changed.wait_for(condition, within)
        if not found:
            raise TimeoutError(f"not within {within} s; defects: {self.defects}")
        return found

    async def until(self, condition: Callable[[], T | None], *, within: float = 5.0) -> T:
        """Wait as `wait_until` does, leaving the event loop free."""
        loop, woken = asyncio.get_running_loop(), asyncio.Event()
        with self._watched(lambda: loop.call_soon_threadsafe(woken.set)):
            async with asyncio.timeout(within):
                while True:
                    woken.clear()
                    with self.changed:
                        found = condition()
                    if found:
                        return found
                    await woken.wait()

    @contextmanager
    def _watched(self, wake: Callable[[], object]) -> Iterator[None]:
        def watcher() -> None:
            wake()

        with self.changed:
            self._watchers.append(watcher)
        try:
            yield
        finally:
            with self.changed:
                self._watchers.remove(watcher)


def member_json(status: str, user: Json) -> Json:
    """Write a ChatMember with every field its kind must have."""
    member: Json = {"user": user, "status": status}
    match status:
        case "administrator":
            rights = dict.fromkeys(ADMINISTRATOR_RIGHTS, True)
            return member | rights | {"can_be_edited": False, "is_anonymous": False}
        case "creator":
            return member | {"is_anonymous": False}
        case "restricted":
            return member | {"is_member": True, "until_date": 0} | dict.fromkeys(MEMBER_RIGHTS, False)
        case "kicked":
            return member | {"until_date": 0}
    return member


ADMINISTRATOR_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
MEMBER_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
