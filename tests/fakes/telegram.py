"""Telegram, as far as a bot can tell: a strict fake of the Bot API and of the people behind it.

    telegram = FakeTelegram()
    alice = telegram.user("Alice")
    alice.says("What happened?")                    # becomes an update for the bot
    ...                                             # the bot runs through FakeRequest or TelegramServer
    answer = alice.private().last_reply()
    assert answer.links == ["https://example.org/"]
    assert telegram.defects == []

Verbs of people are in `telegram_person`, the methods a bot calls in `bot_api`. What Telegram refuses is
refused with Telegram's words; what it would silently lose is lost too, and named in `defects`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram_chat import BotStatus, Chat, Message, Topic
from tests.fakes.telegram_content import PHOTO, content_of, origin_json, rewritten, written
from tests.fakes.telegram_faults import Fault, Rates, broken, refusal
from tests.fakes.telegram_person import TELEGRAM_ITSELF, Person
from tests.fakes.telegram_world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.fakes.telegram_wire import HowBroken, Json

__all__ = ["Chat", "FakeTelegram", "Message", "Person"]


class FakeTelegram(World):
    """The world around one bot. Safe to use from any thread; it lives as long as a test."""

    def user(
        self,
        first_name: str,
        *,
        username: str | None = None,
        language_code: str | None = "en",
    ) -> Person:
        """Let a person have an account."""
        return self._register({"first_name": first_name}, username, language_code=language_code)

    def other_bot(self, first_name: str, *, username: str) -> Person:
        """Let another bot exist. Telegram rarely shows bots to bots; here they are heard, to be on guard."""
        return self._register({"first_name": first_name}, username, is_bot=True)

    def _register(
        self, name: Json, username: str | None, *, is_bot: bool = False, language_code: str | None = None
    ) -> Person:
        with self.changed:
            names = name | ({"username": username} if username else {})
            person = Person(self, names, is_bot=is_bot, language_code=language_code)
            self.people[person.id] = person
            self.chats[person.id] = person.private()
            return person

    def group(
        self,
        title: str,
        members: Sequence[Person] = (),
        *,
        forum: bool = False,
        supergroup: bool = False,
        announced: bool = True,
    ) -> Chat:
        """Make a group with the bot in it; not `announced`, the bot has been there for long.

        The first member is the owner, who added the bot. A forum is always a supergroup.
        """
        with self.changed:
            chat = self.add_chat(
                "supergroup" if forum or supergroup else "group", title=title, is_forum=forum
            )
            chat.members = {person.id: person for person in members}
            chat.administrators = {person.id for person in members[:1]}
            if announced:
                chat.bot_status = "left"
                self.add_bot(chat, by=members[0] if members else None)
            return chat

    def channel(self, title: str, *, username: str | None = None) -> Chat:
        """Make a channel the bot is an administrator of."""
        with self.changed:
            chat = self.add_chat("channel", title=title)
            chat.username, chat.bot_status = username, "administrator"
            return chat

    def topic(self, group: Chat, title: str, *, by: Person | None = None) -> int:
        """Open a topic in a forum and return its message_thread_id."""
        if not group.is_forum:
            raise ValueError(f"{group!r} is no forum")
        with self.changed:
            created = {"forum_topic_created": {"name": title, "icon_color": 7322096}}
            message = group.post({"from": self._someone(group, by)} | created)
            group.topics[message.id] = Topic(message.id, title)
            message.data |= {"message_thread_id": message.id, "is_topic_message": True}
            self.deliver(message)
            return message.id

    def close_topic(self, group: Chat, topic: int) -> None:
        """Close a topic: only administrators may write there now."""
        with self.changed:
            group.topics[topic].is_closed = True

    def delete_topic(self, group: Chat, topic: int) -> None:
        """Delete a topic with all that was said in it."""
        with self.changed:
            del group.topics[topic]
            for message in group.messages:
                if message.topic == topic:
                    group.remove(message)

    def channel_post(self, channel: Chat, text: str, *, signature: str | None = None) -> Message:
        return self._publish(channel, written("text", text), signature=signature)

    def channel_photo(
        self, channel: Chat, caption: str = "", *, album: str | None = None, signature: str | None = None
    ) -> Message:
        """Let a channel publish a photo; those of one `album` are shown together."""
        together = {"media_group_id": album} if album else {}
        content = {"photo": [dict(PHOTO)]} | together | written("caption", caption)
        return self._publish(channel, content, signature=signature)

    def channel_notes(self, channel: Chat, what: Json) -> Message:
        """Let something stand in a channel that is no text: a poll, a sticker, a new title."""
        return self._publish(channel, what)

    def channel_forwards(self, message: Message, channel: Chat) -> Message:
        """Let a channel pass on a message from elsewhere."""
        return self._publish(channel, content_of(message) | {"forward_origin": origin_json(message)})

    def channel_edits(self, post: Message, text: str) -> Message:
        """Let a channel change the text or the caption of its post; a caption may become empty."""
        with self.changed:
            post.data = rewritten(post, text)
            self.deliver(post, edited=True)
            return post

    def _publish(self, channel: Chat, content: Json, *, signature: str | None = None) -> Message:
        with self.changed:
            signed = {"author_signature": signature} if signature else {}
            post = channel.post({"sender_chat": channel.json()} | signed | content)
            self.deliver(post)
            return post

    def auto_forwards(self, post: Message, *, into: Chat) -> Message:
        """Show a channel's post in its discussion group, as Telegram does by itself."""
        with self.changed:
            copied = {key: post.data[key] for key in ("text", "entities") if key in post.data}
            marks = {"is_automatic_forward": True, "forward_origin": origin_json(post)}
            author = {"from": TELEGRAM_ITSELF, "sender_chat": post.chat.json()}
            message = into.post(author | marks | copied)
            self.deliver(message)
            return message

    def joins(self, person: Person, group: Chat) -> None:
        with self.changed:
            group.members[person.id] = person
            self._announce(group, {"new_chat_members": [person.json()]}, by=person.json())

    def leaves(self, person: Person, group: Chat) -> None:
        with self.changed:
            group.members.pop(person.id)
            group.administrators.discard(person.id)
            self._announce(group, {"left_chat_member": person.json()}, by=person.json())

    def promote(self, person: Person, group: Chat) -> None:
        """Make a member an administrator."""
        with self.changed:
            group.administrators.add(person.id)

    def add_bot(self, group: Chat, *, by: Person | None = None) -> None:
        self._change_bot(group, "member", by=by)
        with self.changed:
            self._announce(group, {"new_chat_members": [self.bot_json()]}, by=self._someone(group, by))

    def kick_bot(self, group: Chat, *, by: Person | None = None) -> None:
        self._change_bot(group, "kicked", by=by)

    def promote_bot(self, group: Chat, *, by: Person | None = None) -> None:
        """Make the bot an administrator: it hears everything then."""
        self._change_bot(group, "administrator", by=by)

    def demote_bot(self, group: Chat, *, by: Person | None = None) -> None:
        """Make the bot an ordinary member again, able to write in groups but not in channels."""
        self._change_bot(group, "member", by=by)

    def mute_bot(self, group: Chat, *, by: Person | None = None) -> None:
        """Take from the bot the right to write."""
        self._change_bot(group, "restricted", by=by)

    def migrate(self, group: Chat) -> Chat:
        """Turn a group into a supergroup, which has a new id; return that one."""
        with self.changed:
            new = self.add_chat("supergroup", title=group.title)
            new.members, new.administrators = dict(group.members), set(group.administrators)
            author = self._someone(group, None)
            self._announce(group, {"migrate_to_chat_id": new.id}, by=author)
            self._announce(new, {"migrate_from_chat_id": group.id}, by=author)
            group.migrated_to = new.id
            return new

    def fail_next(  # noqa: PLR0913 - each names one way to fail; all but the first are keywords
        self,
        method: str = "*",
        *,
        status: int = 500,
        retry_after: int | None = None,
        description: str | None = None,
        network: HowBroken | None = None,
        done: bool = False,
        times: int = 1,
    ) -> None:
        """Plan failures of a method ("*": of any; "file": of the next download).

        `network` breaks the connection instead of answering `status`; with `done` what was asked for
        happens first, so that the bot cannot know.
        """
        if network is None:
            outcome = refusal(status, retry_after=retry_after, description=description)
            fault = Fault(method, outcome, done=done)
        else:
            fault = Fault(method, broken(network), done=done)
        with self.changed:
            self.faults.planned += [fault] * times

    def go_offline(self) -> None:
        """Break every connection until `come_back`."""
        with self.changed:
            self.faults.is_offline = True

    def come_back(self) -> None:
        with self.changed:
            self.faults.is_offline = False
            self.notify()

    def limit_rates(
        self,
        *,
        per_second: int | None = 30,
        per_chat_second: int | None = None,
        per_group_minute: int | None = None,
    ) -> None:
        """Answer 429 to messages above these rates, from now on."""
        with self.changed:
            self.rates = Rates(per_second, per_chat_second, per_group_minute)

    @property
    def pending(self) -> list[Json]:
        """The updates the bot has not confirmed yet."""
        with self.changed:
            return list(self.updates.waiting)

    def refusals(self, *, statuses: Iterable[int] = (400, 401, 403, 404, 409, 429)) -> list[str]:
        """List what was refused, as "method: words"."""
        with self.changed:
            wanted = frozenset(statuses)
            return [f"{r.method}: {r.description}" for r in self.requests if r.status in wanted]

    def _someone(self, group: Chat, by: Person | None) -> Json:
        if by is not None:
            return by.json()
        return next((member.json() for member in group.members.values()), TELEGRAM_ITSELF)

    def _change_bot(self, group: Chat, status: BotStatus, *, by: Person | None) -> None:
        with self.changed:
            self.set_bot_status(group, status, by=self._someone(group, by))

    def _announce(self, group: Chat, what: Json, *, by: Json) -> None:
        self.deliver(group.post({"from": by} | what))
