"""What waits for the bot: updates in order, handed out by getUpdates and kept until they are confirmed."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from tests.fakes.telegram_wire import Answer, Json, Refused

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "message_reaction",
    "inline_query",
    "callback_query",
    "my_chat_member",
    "chat_member",
)
# Sent only to bots that ask for them by name.
OFF_BY_DEFAULT = frozenset({"message_reaction", "message_reaction_count", "chat_member"})

_TWO_PROGRAMS = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
_WEBHOOK_IS_SET = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


@dataclass(eq=False)
class Poll:
    """One getUpdates under way: ask for its answer again whenever the world has changed."""

    updates: Updates
    limit: int
    seconds: int

    def is_over(self) -> bool:
        """Tell whether there is an answer to take."""
        return self.updates.poll is not self or bool(self.updates.waiting)

    def answer(self) -> Answer | None:
        """Return the updates or the conflict that ended this poll; None while there is nothing."""
        if self.updates.poll is not self:
            return Refused(409, _TWO_PROGRAMS).answer()
        if waiting := self.updates.waiting[: self.limit]:
            return self._end(waiting)
        return None

    def give_up(self) -> Answer:
        """End the poll at its timeout, or because its client is gone."""
        return self.answer() or self._end([])

    def _end(self, result: list[Json]) -> Answer:
        self.updates.poll = None
        return Answer.ok(copy.deepcopy(result))


@dataclass(eq=False)
class Updates:
    """The queue of one bot. Not safe by itself: the world's lock is held around every call."""

    waiting: list[Json] = field(default_factory=list)
    allowed: tuple[str, ...] = ()
    webhook: Json = field(default_factory=lambda: {"url": ""})
    poll: Poll | None = None
    last_id: int = 700_000_000

    def add(self, kind: str, content: Json) -> None:
        """Queue an update, unless the bot did not ask for its kind."""
        if self.wants(kind):
            self.last_id += 1
            self.waiting.append({"update_id": self.last_id, kind: copy.deepcopy(content)})

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in OFF_BY_DEFAULT

    def open_poll(self, *, offset: int, limit: int, seconds: int) -> Poll:
        """Confirm what lies before `offset` and start a poll, which ends the one before it."""
        if self.webhook["url"]:
            raise Refused(409, _WEBHOOK_IS_SET)
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset > 0:
            self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        self.poll = Poll(self, limit, seconds)
        return self.poll
