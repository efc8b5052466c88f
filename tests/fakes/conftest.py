import pytest

from tests.fakes.telegram import Chat, FakeTelegram, Person


@pytest.fixture
def telegram() -> FakeTelegram:
    """Telegram where time stands still."""
    return FakeTelegram(clock=lambda: 1_700_000_000.5)


@pytest.fixture
def alice(telegram: FakeTelegram) -> Person:
    return telegram.user("Alice", username="alice", language_code="ru")


@pytest.fixture
def chat(alice: Person) -> Chat:
    """Alice's private chat, where message 100 is her /start."""
    alice.says("/start")
    return alice.private()


@pytest.fixture
def forum(telegram: FakeTelegram, alice: Person) -> Chat:
    return telegram.group("Neighbours", [alice], forum=True, announced=False)
