"""The methods about the bot itself: who it is, its menus of commands, its name and descriptions."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.fakes.bot_api_access import find_chat
from tests.fakes.telegram_entities import utf16_length
from tests.fakes.telegram_wire import Json, bad_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.telegram_world import World

MOST_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}|")
_LONGEST_DESCRIPTION = 256
_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, _: Json) -> Json:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return world.bot_json() | abilities


def log_out(world: World, _: Json) -> bool:
    world.is_logged_out = True
    return True


def close(_: World, __: Json) -> bool:
    return True


def set_my_commands(world: World, parameters: Json) -> bool:
    key, commands = _key(parameters), parameters["commands"]
    if "chat_id" in (scope := parameters.get("scope", {})):
        find_chat(world, scope["chat_id"])
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(command["command"].removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(command["description"].strip()) <= _LONGEST_DESCRIPTION:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[key] = commands
    world.notify()
    return True


def get_my_commands(world: World, parameters: Json) -> list[Json]:
    return world.commands.get(_key(parameters), [])


def delete_my_commands(world: World, parameters: Json) -> bool:
    world.commands.pop(_key(parameters), None)
    return True


def set_profile(field: str) -> Callable[[World, Json], bool]:
    """Make the method that sets a name or a description."""

    def set_field(world: World, parameters: Json) -> bool:
        words = parameters.get(field, "")
        if utf16_length(words) > _LIMITS[field]:
            raise bad_request(f"{field} is too long")
        world.profile[field, _language(parameters)] = words
        world.notify()
        return True

    return set_field


def _key(parameters: Json) -> tuple[str, str]:
    """Name a menu by its scope, as JSON with sorted keys, and its language."""
    scope = parameters.get("scope", {"type": "default"})
    return json.dumps(scope, sort_keys=True), _language(parameters)


def _language(parameters: Json) -> str:
    language = str(parameters.get("language_code", ""))
    if not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language
