"""Whether the bot may act in a chat: found, not blocked, not kicked, not moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram_wire import Refused, bad_request, forbidden

if TYPE_CHECKING:
    from tests.fakes.telegram_chat import Chat
    from tests.fakes.telegram_world import World


def find_chat(world: World, chat_id: int | str) -> Chat:
    """Find a chat the bot can know of.

    Raises:
        Refused: There is none, or it has moved.
    """
    chat = _look_up(world, chat_id)
    if chat is None or (chat.type == "private" and not (chat.is_opened or world.knows(chat.id))):
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refused(400, words, migrate_to_chat_id=chat.migrated_to)
    return chat


def find_open_chat(world: World, chat_id: int | str) -> Chat:
    """Find a chat the bot is in.

    Raises:
        Refused: It was blocked, kicked, or never let in.
    """
    chat = find_chat(world, chat_id)
    if chat.type == "private":
        _check_private(chat)
    elif chat.bot_status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.type} chat")
    elif chat.bot_status == "left":
        raise forbidden(f"bot is not a member of the {chat.type} chat")
    return chat


def find_writable_chat(world: World, chat_id: int | str) -> Chat:
    """Find a chat the bot may write to.

    Raises:
        Refused: It may not.
    """
    chat = find_open_chat(world, chat_id)
    if chat.bot_status == "restricted":
        raise bad_request("not enough rights to send text messages to the chat")
    if chat.type == "channel" and chat.bot_status != "administrator":
        raise bad_request("need administrator rights in the channel chat")
    return chat


def _look_up(world: World, chat_id: int | str) -> Chat | None:
    if isinstance(chat_id, int):
        return world.chats.get(chat_id)
    name = chat_id.removeprefix("@").lower()
    public = (chat for chat in world.chats.values() if chat.username and chat.type != "private")
    return next((chat for chat in public if chat.username and chat.username.lower() == name), None)


def _check_private(chat: Chat) -> None:
    if chat.person is not None and chat.person.is_bot:
        raise forbidden("bot can't send messages to bots")
    if chat.bot_status == "kicked":
        raise forbidden("bot was blocked by the user")
    if not chat.is_opened:
        raise forbidden("bot can't initiate conversation with a user")
