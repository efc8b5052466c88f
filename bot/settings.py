"""Settings: the only reader of the environment. docs/operations.md explains each one (a test insists)."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_data_path

from bot.errors import InvalidSetting
from corpus.database import sqlite_file, sqlite_url
from corpus.languages import Language
from index.models import BUNDLED, Model

#: Telegram's own server.
TELEGRAM_API = "https://api.telegram.org/bot"

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

#: What CRISISBOT_SURE may be: below, as much speaks against an answer as for it; above, nothing is one.
LEAST_SURE, MOST_SURE = 0.5, 0.99

#: Telegram's user ids have at most 52 bits (https://core.telegram.org/bots/api#user).
LARGEST_USER_ID = 2**52

#: A host and its port; IPv6 addresses stand in brackets.
_PLACE = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]):[1-9][0-9]{0,4}")
LARGEST_PORT = 65_535

#: Every variable that is read, so that documentation can be held against it.
VARIABLES = (
    "CRISISBOT_DATA",
    "DATABASE_URL",
    "CRISISBOT_BUNDLED",
    "CRISISBOT_MODEL",
    "CRISISBOT_MODEL_LANGUAGES",
    "CRISISBOT_QUERY_PROMPT",
    "CRISISBOT_PASSAGE_PROMPT",
    "CRISISBOT_READER",
    "CRISISBOT_SURE",
    "CRISISBOT_REFRESH_SECONDS",
    "CRISISBOT_ADMINS",
    "CRISISBOT_FETCH_TRUSTED",
    "CRISISBOT_LOG_LEVEL",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_API_URL",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. The token is kept out of `repr`, so that no log or traceback shows it.

    `is_named`: somebody said where the corpus is, and may have misspelt it.
    """

    data: Path
    is_named: bool
    database_url: str = field(repr=False)
    bundled: bool
    model_name: str
    model_languages: frozenset[Language] | None
    query_prompt: str | None
    passage_prompt: str | None
    reader: bool
    sure: float | None
    refresh_seconds: float
    admins: frozenset[int]
    fetch_trusted: frozenset[str]
    log_level: str
    telegram_api_url: str
    environment: Mapping[str, str] = field(repr=False, compare=False)
    token: str | None = field(repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None, *, data: Path | None = None) -> "Settings":
        """Read the environment; `data` stands before CRISISBOT_DATA. Empty variables count as unset.

        Raises:
            InvalidSetting: naming the variable and what it may hold.
        """
        environment = os.environ if environment is None else environment
        given = {name: value.strip() for name, value in environment.items()}
        folder = _folder(data or Path(given.get("CRISISBOT_DATA") or user_data_path("crisisbot")))
        return cls(
            data=folder,
            is_named=bool(data or given.get("CRISISBOT_DATA") or given.get("DATABASE_URL")),
            database_url=given.get("DATABASE_URL") or sqlite_url(folder / "corpus.sqlite"),
            bundled=_switch(given, "CRISISBOT_BUNDLED", default=True),
            model_name=given.get("CRISISBOT_MODEL") or BUNDLED,
            model_languages=_languages(given, "CRISISBOT_MODEL_LANGUAGES"),
            # Not stripped: a prompt's last space counts.
            query_prompt=environment.get("CRISISBOT_QUERY_PROMPT") or None,
            passage_prompt=environment.get("CRISISBOT_PASSAGE_PROMPT") or None,
            reader=_switch(given, "CRISISBOT_READER", default=True),
            sure=_probability(given, "CRISISBOT_SURE"),
            refresh_seconds=_seconds(given, "CRISISBOT_REFRESH_SECONDS", default=0.5),
            admins=_user_ids(given, "CRISISBOT_ADMINS"),
            fetch_trusted=_places(given, "CRISISBOT_FETCH_TRUSTED"),
            log_level=_choice(given, "CRISISBOT_LOG_LEVEL", LOG_LEVELS, default="INFO"),
            telegram_api_url=_url(given, "TELEGRAM_API_URL", default=TELEGRAM_API),
            environment=dict(environment),
            token=given.get("TELEGRAM_BOT_TOKEN") or None,
        )

    def missing_corpus(self) -> Path | None:
        """Return the place that somebody named for the corpus if none is there (yet); None where one is.

        Servers are asked by whoever opens the corpus.
        """
        file = sqlite_file(self.database_url)
        if not self.is_named or file is None or file.exists():
            return None
        return self.data if file.parent == self.data else file

    def for_children(self) -> dict[str, str]:
        """Return the environment for a process of ours: all that was read here, but for the token."""
        return {name: value for name, value in self.environment.items() if name != "TELEGRAM_BOT_TOKEN"}

    @property
    def index_folder(self) -> Path:
        """Where generations of the index live."""
        return self.data / "index"

    def model(self) -> Model:
        """Find the chosen model.

        Raises:
            ModelUnavailable: when the bundled model is chosen and not installed.
        """
        return Model.choose(
            self.model_name,
            query_prompt=self.query_prompt,
            passage_prompt=self.passage_prompt,
            languages=self.model_languages,
        )


def _folder(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:  # ~ of somebody who has no home here
        raise InvalidSetting(f"CRISISBOT_DATA is {str(path)!r}, but there is no such home folder") from error


def _switch(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = given.get(name, "").lower()
    if value in {"", "1", "yes", "true", "on"}:
        return default if value == "" else True
    if value in {"0", "no", "false", "off"}:
        return False
    raise InvalidSetting(f"{name} is {value!r}; it may be 1 or 0")


def _choice(given: Mapping[str, str], name: str, allowed: tuple[str, ...], *, default: str) -> str:
    value = given.get(name, "").upper() or default
    if value not in allowed:
        raise InvalidSetting(f"{name} is {value!r}; it may be {', '.join(allowed)}")
    return value


def _seconds(given: Mapping[str, str], name: str, *, default: float) -> float:
    value = given.get(name) or default
    try:
        seconds = float(value)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 24 * 60 * 60:
        raise InvalidSetting(f"{name} is {value!r}; it may be a number of seconds above 0, such as 2")
    return seconds


def _probability(given: Mapping[str, str], name: str) -> float | None:
    value = given.get(name)
    if not value:
        return None
    try:
        probability = float(value)
    except ValueError:
        probability = -1.0
    if not LEAST_SURE <= probability <= MOST_SURE:
        raise InvalidSetting(
            f"{name} is {value!r}; it may be a probability from {LEAST_SURE} to {MOST_SURE}, such as 0.8"
        )
    return probability


def _languages(given: Mapping[str, str], name: str) -> frozenset[Language] | None:
    value = given.get(name)
    if not value:
        return None
    try:
        return frozenset(Language(code.strip().lower()) for code in value.split(","))
    except ValueError as error:
        known = ", ".join(Language)
        raise InvalidSetting(f"{name} is {value!r}; it may hold some of {known}, with commas") from error


def _user_ids(given: Mapping[str, str], name: str) -> frozenset[int]:
    value = given.get(name, "")
    ids = [one.strip() for one in value.split(",")] if value else []
    if not all(one.isascii() and one.isdigit() and 0 < int(one) < LARGEST_USER_ID for one in ids):
        raise InvalidSetting(
            f"{name} is {value!r}; it may hold Telegram user ids, which are numbers (no names, no chats), "
            "with commas, such as 123456789,987654321"
        )
    return frozenset(map(int, ids))


def _places(given: Mapping[str, str], name: str) -> frozenset[str]:
    """Read hosts with their ports, as `corpus.fetching` takes them."""
    value = given.get(name, "")
    places = [one.strip().lower() for one in value.split(",")] if value else []
    if not all(_PLACE.fullmatch(one) and int(one.rpartition(":")[2]) <= LARGEST_PORT for one in places):
        raise InvalidSetting(
            f"{name} is {value!r}; it may hold hosts with their ports, with commas, such as "
            "news.internal:8080,127.0.0.1:80"
        )
    return frozenset(places)


def _url(given: Mapping[str, str], name: str, *, default: str) -> str:
    value = given.get(name) or default
    if not value.startswith(("http://", "https://")):
        raise InvalidSetting(f"{name} is {value!r}; it begins with http:// or https://, such as {default}")
    return value
