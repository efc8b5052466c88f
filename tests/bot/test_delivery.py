from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from telegram import Update

from bot import delivery
from bot.delivery import PerChat
from bot.desk import Desk
from bot.service import AT_ONCE
from bot.tree import Bold, Reply
from tests.bot.serving import Served, serving
from tests.fakes.telegram import FakeTelegram, Person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import Settings
    from corpus.store import Corpus
    from index.engine import Engine

SORRY = "Something went wrong on my side. Please ask again in a moment."

# Turns.


def update(number: int, *, chat: int) -> Update:
    message = {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}}
    made = Update.de_json({"update_id": number, "message": message}, None)
    assert made is not None
    return made


class Work:
    """Something to do that takes until it is let go, and remembers who did it when."""

    def __init__(self) -> None:
        self.done: list[tuple[int, int]] = []
        self.finished: list[int] = []
        self.running = 0
        self.most = 0
        self.processor = PerChat(self.finished.append)

    async def handle(self, number: int, *, chat: int, until: asyncio.Event | None = None) -> None:
        async def work() -> None:
            self.running += 1
            self.most = max(self.most, self.running)
            await (until.wait() if until else asyncio.sleep(0))
            self.running -= 1
            self.done.append((chat, number))

        await self.processor.process_update(update(number, chat=chat), work())


async def test_updates_of_a_chat_are_handled_in_order() -> None:
    work = Work()

    await asyncio.gather(*(work.handle(number, chat=number % 3) for number in range(60)))

    for chat in range(3):
        assert [number for place, number in work.done if place == chat] == list(range(chat, 60, 3))
    assert sorted(work.finished) == list(range(60))


async def test_a_chat_with_a_thousand_updates_starves_nobody() -> None:
    work = Work()
    flood = [asyncio.create_task(work.handle(number, chat=1)) for number in range(1_000)]
    await asyncio.sleep(0)

    await asyncio.gather(*(work.handle(number, chat=number) for number in range(2_000, 2_020)))

    assert Counter(chat for chat, _ in work.done)[1] < 100
    await asyncio.gather(*flood)
    assert [number for chat, number in work.done if chat == 1] == list(range(1_000))


async def test_what_fails_hands_its_turn_on() -> None:
    work = Work()

    async def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await work.processor.process_update(update(1, chat=1), fail())
    await work.handle(2, chat=1)

    assert work.done == [(1, 2)]
    assert work.finished == [1, 2]


async def test_an_update_of_no_chat_has_its_turn() -> None:
    work = Work()

    async def handle() -> None:
        work.done.append((0, 7))

    await work.processor.process_update(Update(7), handle())

    assert (work.done, work.finished) == ([(0, 7)], [7])


# Replies, in process.


class SlowDesk(Desk):
    """Repeats questions; those that begin with "slow" wait for the gate, those with "broken" fail."""

    def __init__(self, engine: Engine, corpus: Corpus) -> None:
        super().__init__(engine, corpus)
        self.gate = threading.Event()
        self.asked: list[str] = []
        self.most = 0
        self._waiting = 0

    def answer(self, text: str, language: str | None, *, page: int = 0) -> Reply:
        del language, page
        self.asked.append(text)
        if text.startswith("broken"):
            raise RuntimeError("out of order")
        if text.startswith("slow"):
            self._waiting += 1
            self.most = max(self.most, self._waiting)
            assert self.gate.wait(20)
            self._waiting -= 1
        return Reply(("to ", Bold(text)))


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram()


@pytest.fixture
def alice(telegram: FakeTelegram) -> Person:
    return telegram.user("Alice Smith")


@pytest.fixture
def slow(engine: Engine, corpus: Corpus) -> SlowDesk:
    return SlowDesk(engine, corpus)


@pytest.fixture
async def served(
    telegram: FakeTelegram, slow: SlowDesk, engine: Engine, settings: Settings
) -> AsyncIterator[Served]:
    async with serving(telegram, slow, engine, settings) as at_work:
        yield at_work
        slow.gate.set()
    assert telegram.defects == []


def said(person: Person) -> list[str]:
    return [reply.text for reply in person.private().replies]


async def test_questions_of_one_person_are_answered_in_order(served: Served, alice: Person) -> None:
    for number in range(20):
        alice.says(f"question {number}")
    await served.settle()

    assert said(alice) == [f"to question {number}" for number in range(20)]
    assert served.telegram.refusals() == []


async def test_a_slow_answer_delays_nobody_else(served: Served, slow: SlowDesk, alice: Person) -> None:
    bob = served.telegram.user("Bob")
    alice.says("slow")
    alice.says("next")
    await served.telegram.until(lambda: slow.asked)

    bob.says("quick")
    await served.telegram.until(lambda: said(bob), within=5)

    assert said(bob) == ["to quick"]
    assert said(alice) == []
    slow.gate.set()
    await served.settle()
    assert said(alice) == ["to slow", "to next"]


async def test_a_crowd_is_answered(served: Served, slow: SlowDesk) -> None:
    crowd = [served.telegram.user(f"P{number}") for number in range(30)]
    for person in crowd:
        person.says("slow")
    await served.telegram.until(lambda: not served.telegram.updates.waiting or slow.asked)
    await asyncio.sleep(0.05)
    slow.gate.set()
    await served.settle()

    assert [said(person) for person in crowd] == [["to slow"]] * 30
    assert 1 < slow.most <= AT_ONCE + 1  # threads: those that answer, and one that follows the corpus


async def test_it_waits_as_long_as_telegram_asks(
    served: Served, telegram: FakeTelegram, alice: Person
) -> None:
    telegram.fail_next("sendMessage", status=429, retry_after=1)
    started = asyncio.get_running_loop().time()

    alice.says("question")
    await served.settle()

    assert said(alice) == ["to question"]
    assert asyncio.get_running_loop().time() - started >= 1
    assert telegram.refusals() == ["sendMessage: Too Many Requests: retry after 1"]


@pytest.mark.parametrize("failure", [{"status": 502}, {"network": "error"}])
async def test_what_did_not_get_through_is_sent_again(
    served: Served, telegram: FakeTelegram, alice: Person, failure: dict[str, object]
) -> None:
    telegram.fail_next("sendMessage", **failure)  # type: ignore[arg-type] # as fail_next takes them

    alice.says("question")
    await served.settle()

    assert said(alice) == ["to question"]
    assert [request.method for request in telegram.requests].count("sendMessage") == 2


async def test_after_a_timeout_it_is_not_sent_again(
    served: Served, telegram: FakeTelegram, alice: Person
) -> None:
    telegram.fail_next("sendMessage", network="timeout", done=True)

    alice.says("first")
    alice.says("second")
    await served.settle()

    assert said(alice) == ["to first", "to second"]


@pytest.mark.usefixtures("served")
async def test_no_answer_is_given_up_while_telegram_is_away(
    telegram: FakeTelegram, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(delivery, "LONGEST_WAIT_S", 0.02)
    telegram.fail_next("sendMessage", status=502, times=20)

    alice.says("first")
    alice.says("second")
    await telegram.until(lambda: len(said(alice)) == 2, within=20)

    assert said(alice) == ["to first", "to second"]


async def test_markup_that_telegram_cannot_read_is_left_out_and_told(
    served: Served, telegram: FakeTelegram, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail_next(
        "sendMessage", status=400, description="Bad Request: can't parse entities: Unclosed tag"
    )

    alice.says("question")
    await served.settle()

    [reply] = alice.private().replies
    assert (reply.text, reply.entities) == ("to question", [])
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.getMessage().startswith("defect: Telegram cannot read our markup (")
    assert "question" not in caplog.text


async def test_who_blocked_the_bot_is_left_alone(
    served: Served, slow: SlowDesk, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    alice.says("slow")
    await served.telegram.until(lambda: slow.asked)
    alice.blocks_bot()
    slow.gate.set()
    await served.settle()
    assert said(alice) == []

    alice.unblocks_bot()
    alice.says("again")
    await served.settle()

    assert said(alice) == ["to again"]
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("event", ["kick_bot", "mute_bot", "migrate"])
async def test_a_group_that_does_not_take_the_answer_harms_nobody(
    served: Served, telegram: FakeTelegram, slow: SlowDesk, alice: Person, event: str
) -> None:
    group = telegram.group("Neighbours", [alice], announced=False)
    alice.says("@crisisbot slow", in_=group)
    await telegram.until(lambda: slow.asked)
    getattr(telegram, event)(group)
    slow.gate.set()
    await served.settle()

    alice.says("question")
    await served.settle()

    assert group.replies == []
    assert said(alice) == ["to question"]


async def test_a_failure_is_one_friendly_sentence_and_no_word_of_the_question_is_logged(
    served: Served, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    broken = alice.says("broken secret")
    await served.settle()

    [reply] = alice.private().replies
    assert (reply.text, reply.reply_to) == (SORRY, broken)
    assert "RuntimeError: out of order" in caplog.text
    assert "secret" not in caplog.text
    assert "Smith" not in caplog.text


async def test_a_failure_is_told_in_the_persons_language(served: Served, telegram: FakeTelegram) -> None:
    damir = telegram.user("Damir", language_code="ru")
    damir.says("broken")
    await served.settle()

    assert said(damir) == ["У меня что-то сломалось. Пожалуйста, спросите ещё раз чуть позже."]


async def test_a_press_that_fails_is_logged_without_a_message(
    served: Served, telegram: FakeTelegram, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    alice.says("question")
    await served.settle()
    telegram.fail_next("editMessageText", status=400, description="Bad Request: planned")
    [card] = alice.private().replies

    pressed = alice.forges(card, "p:0")
    await served.settle()

    assert pressed.is_answered
    assert said(alice) == ["to question"]
    assert "an update could not be handled" in caplog.text


async def test_the_network_may_go_and_come_back(
    served: Served, telegram: FakeTelegram, alice: Person
) -> None:
    await served.settle()
    telegram.go_offline()
    alice.says("question")
    await asyncio.sleep(0.2)
    telegram.come_back()
    await served.settle()

    assert said(alice) == ["to question"]


async def test_menus_that_telegram_does_not_take_keep_nobody_waiting(
    telegram: FakeTelegram, slow: SlowDesk, engine: Engine, settings: Settings, alice: Person
) -> None:
    telegram.fail_next("setMyCommands", status=429, retry_after=9)
    async with serving(telegram, slow, engine, settings) as served:
        alice.says("question")
        await served.settle()

    assert said(alice) == ["to question"]
