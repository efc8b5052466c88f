"""The methods that look at chats, leave them, and fetch files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api_access import find_chat, find_open_chat
from tests.fakes.telegram_wire import Json, bad_request, forbidden
from tests.fakes.telegram_world import World, member_json

if TYPE_CHECKING:
    from tests.fakes.telegram_chat import Chat

LARGEST_DOWNLOAD = 20 * 1024 * 1024
_GIFTS = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


def get_chat(world: World, parameters: Json) -> Json:
    chat = find_chat(world, parameters["chat_id"])
    if chat.type != "private":
        find_open_chat(world, chat.id)
    gifts = {"accepted_gift_types": dict.fromkeys(_GIFTS, False)}
    return chat.json() | {"accent_color_id": 0, "max_reaction_count": 11} | gifts


def get_chat_member(world: World, parameters: Json) -> Json:
    chat = find_open_chat(world, parameters["chat_id"])
    user_id = parameters["user_id"]
    if user_id == world.bot_id:
        return member_json(chat.bot_status, world.bot_json())
    if user_id not in world.people:
        raise bad_request("user not found")
    return _member(chat, user_id, world.people[user_id].json())


def get_chat_administrators(world: World, parameters: Json) -> list[Json]:
    chat = find_open_chat(world, parameters["chat_id"])
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    people = [world.people[user_id] for user_id in sorted(chat.administrators)]
    members = [_member(chat, person.id, person.json()) for person in people if not person.is_bot]
    if chat.bot_status == "administrator":
        members.append(member_json("administrator", world.bot_json()))
    return members


def leave_chat(world: World, parameters: Json) -> bool:
    chat = find_open_chat(world, parameters["chat_id"])
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    world.set_bot_status(chat, "left", by=world.bot_json())
    return True


def get_file(world: World, parameters: Json) -> Json:
    file_id = parameters["file_id"]
    content = world.files.get(file_id)
    if content is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    size = {"file_size": len(content), "file_path": f"documents/{file_id}"}
    return {"file_id": file_id, "file_unique_id": world.unique_id(file_id)} | size


def _member(chat: Chat, user_id: int, user: Json) -> Json:
    if chat.type == "private":
        if user_id != chat.id:
            raise forbidden("member list is inaccessible")
        return member_json("member", user)
    if user_id not in chat.members:
        return member_json("left", user)
    if user_id == next(iter(chat.members)):
        return member_json("creator", user)
    return member_json("administrator" if user_id in chat.administrators else "member", user)
