from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import InvalidSetting
from bot.settings import TELEGRAM_API, VARIABLES, Settings
from corpus.languages import Language
from index.models import BUNDLED

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFake"  # noqa: S105 (it opens nothing)


def test_without_variables_everything_has_a_default() -> None:
    settings = Settings.read({})
    assert settings.data.is_absolute()
    assert settings.data.name == "crisisbot"
    assert settings.database_url == f"sqlite:///{settings.data}/corpus.sqlite"
    assert settings.index_folder == settings.data / "index"
    assert settings.bundled is True
    assert settings.model_name == BUNDLED
    assert settings.model_languages is None
    assert settings.query_prompt is None
    assert settings.passage_prompt is None
    assert settings.reader is True
    assert settings.sure is None
    assert settings.refresh_seconds == 0.5
    assert settings.admins == frozenset()
    assert settings.fetch_trusted == frozenset()
    assert settings.log_level == "INFO"
    assert settings.telegram_api_url == TELEGRAM_API
    assert settings.token is None


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_an_empty_variable_counts_as_unset(blank: str) -> None:
    prompts = {"CRISISBOT_QUERY_PROMPT", "CRISISBOT_PASSAGE_PROMPT"}
    assert Settings.read(dict.fromkeys(set(VARIABLES) - prompts, blank)) == Settings.read({})


@pytest.mark.parametrize(
    "variable, value, field, expected",
    [
        ("CRISISBOT_DATA", "/srv/crisis", "data", Path("/srv/crisis")),
        ("CRISISBOT_DATA", " /srv/a b ", "data", Path("/srv/a b")),
        ("CRISISBOT_DATA", "here", "data", Path.cwd() / "here"),
        ("CRISISBOT_DATA", "~/crisis", "data", Path.home() / "crisis"),
        ("DATABASE_URL", "postgresql://u:p@h/n", "database_url", "postgresql://u:p@h/n"),
        ("CRISISBOT_BUNDLED", "0", "bundled", False),
        ("CRISISBOT_BUNDLED", "No", "bundled", False),
        ("CRISISBOT_BUNDLED", "off", "bundled", False),
        ("CRISISBOT_BUNDLED", "1", "bundled", True),
        ("CRISISBOT_BUNDLED", "TRUE", "bundled", True),
        ("CRISISBOT_MODEL", "/srv/model", "model_name", "/srv/model"),
        ("CRISISBOT_MODEL_LANGUAGES", "en, RU", "model_languages", {Language.ENGLISH, Language.RUSSIAN}),
        ("CRISISBOT_QUERY_PROMPT", "query: ", "query_prompt", "query: "),
        ("CRISISBOT_QUERY_PROMPT", "", "query_prompt", None),
        ("CRISISBOT_PASSAGE_PROMPT", "passage: ", "passage_prompt", "passage: "),
        ("CRISISBOT_READER", "0", "reader", False),
        ("CRISISBOT_READER", "on", "reader", True),
        ("CRISISBOT_SURE", "0.5", "sure", 0.5),
        ("CRISISBOT_SURE", " .9 ", "sure", 0.9),
        ("CRISISBOT_SURE", "0.99", "sure", 0.99),
        ("CRISISBOT_REFRESH_SECONDS", "0.5", "refresh_seconds", 0.5),
        ("CRISISBOT_ADMINS", "5000000001, 42", "admins", {5000000001, 42}),
        ("CRISISBOT_FETCH_TRUSTED", "News.internal:8080", "fetch_trusted", {"news.internal:8080"}),
        ("CRISISBOT_FETCH_TRUSTED", "10.0.0.1:80, [::1]:99", "fetch_trusted", {"10.0.0.1:80", "[::1]:99"}),
        ("CRISISBOT_LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("TELEGRAM_BOT_TOKEN", f" {TOKEN}\n", "token", TOKEN),
        ("TELEGRAM_API_URL", "http://localhost:8081/bot", "telegram_api_url", "http://localhost:8081/bot"),
    ],
)
def test_a_variable_is_read(variable: str, value: str, field: str, expected: object) -> None:
    assert getattr(Settings.read({variable: value}), field) == expected


@pytest.mark.parametrize(
    "variable, value, way_out",
    [
        ("CRISISBOT_DATA", "~nobody-of-that-name/x", "no such home folder"),
        ("CRISISBOT_BUNDLED", "perhaps", "1 or 0"),
        ("CRISISBOT_MODEL_LANGUAGES", "english", "en, ru, kk"),
        ("CRISISBOT_MODEL_LANGUAGES", "en,", "en, ru, kk"),
        ("CRISISBOT_READER", "maybe", "1 or 0"),
        ("CRISISBOT_SURE", "very", "a probability from 0.5 to 0.99, such as 0.8"),
        ("CRISISBOT_SURE", "80%", "a probability from 0.5 to 0.99, such as 0.8"),
        ("CRISISBOT_SURE", "0.49", "a probability from 0.5 to 0.99, such as 0.8"),
        ("CRISISBOT_SURE", "1", "a probability from 0.5 to 0.99, such as 0.8"),
        ("CRISISBOT_SURE", "nan", "a probability from 0.5 to 0.99, such as 0.8"),
        ("CRISISBOT_REFRESH_SECONDS", "soon", "above 0, such as 2"),
        ("CRISISBOT_REFRESH_SECONDS", "0", "above 0, such as 2"),
        ("CRISISBOT_REFRESH_SECONDS", "-1", "above 0, such as 2"),
        ("CRISISBOT_REFRESH_SECONDS", "nan", "above 0, such as 2"),
        ("CRISISBOT_REFRESH_SECONDS", "inf", "above 0, such as 2"),
        ("CRISISBOT_ADMINS", "@alice", "user ids, which are numbers"),
        ("CRISISBOT_ADMINS", "42,", "such as 123456789,987654321"),
        ("CRISISBOT_ADMINS", "-1002000000001", "no chats"),
        ("CRISISBOT_ADMINS", "0", "user ids"),
        ("CRISISBOT_ADMINS", "٤٢", "user ids"),
        ("CRISISBOT_FETCH_TRUSTED", "news.internal", "hosts with their ports"),
        ("CRISISBOT_FETCH_TRUSTED", "http://news.internal:80", "such as news.internal:8080"),
        ("CRISISBOT_FETCH_TRUSTED", "news.internal:65536", "such as news.internal:8080"),
        ("CRISISBOT_FETCH_TRUSTED", "news.internal:80,", "such as news.internal:8080"),
        ("CRISISBOT_LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR"),
        ("TELEGRAM_API_URL", "localhost:8081", "begins with http:// or https://"),
    ],
)
def test_an_impossible_value_is_refused_by_name_with_the_way_out(
    variable: str, value: str, way_out: str
) -> None:
    with pytest.raises(InvalidSetting, match=rf"^{variable} is {re.escape(repr(value)[:-1])}") as caught:
        Settings.read({variable: value})
    assert way_out in str(caught.value)


def test_the_environment_is_read_where_nothing_else_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISISBOT_DATA", "/srv/crisis")
    monkeypatch.setenv("CRISISBOT_QUERY_PROMPT", "query: ")
    assert Settings.read().data == Path("/srv/crisis")
    assert Settings.read().query_prompt == "query: "
    assert Settings.read({}).query_prompt is None


def test_a_folder_that_is_given_stands_before_the_variable() -> None:
    assert Settings.read({"CRISISBOT_DATA": "/a"}, data=Path("/b")).data == Path("/b")


def test_secrets_are_never_in_the_repr() -> None:
    settings = Settings.read({"TELEGRAM_BOT_TOKEN": TOKEN, "DATABASE_URL": "postgresql://u:secret@h/n"})
    for written in (repr(settings), str(settings), f"{settings!r:>9}"):
        assert TOKEN not in written
        assert "secret" not in written


def test_the_chosen_model_has_the_prompts_and_languages_of_the_settings() -> None:
    model = Settings.read({"CRISISBOT_QUERY_PROMPT": "ask: ", "CRISISBOT_MODEL_LANGUAGES": "en,kk"}).model()
    assert model.query_prompt == "ask: "
    assert model.languages == {Language.ENGLISH, Language.KAZAKH}
