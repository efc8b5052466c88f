"""Addressing: is this message for me, and which words of it are the question? Pure."""

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

#: Anonymous admins of a group write as this bot of Telegram's.
ANONYMOUS_ADMIN = 1087968824

_MENTIONS: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION]


def is_for_me(message: Message, me: User) -> bool:
    """Say whether a message is addressed to this bot by a person.

    In private every message is; elsewhere a mention in text or caption in any case, a reply to this bot, or
    /ask. Never what other bots wrote or sent, nor what was forwarded into a group, nor another bot's command.
    """
    if not is_by_person(message):
        return False
    if message.chat.type == ChatType.PRIVATE:
        return True
    if message.chat.type == ChatType.CHANNEL or message.forward_origin is not None:
        return False
    if _commands_another(message, me):
        return False
    replied = message.reply_to_message
    is_reply = replied is not None and replied.from_user is not None and replied.from_user.id == me.id
    return is_reply or bool(_mentions_of(message, me)) or asks(message, me)


def is_by_person(message: Message) -> bool:
    """Say whether a person wrote a message; anonymous admins count."""
    sender = message.from_user
    is_by_bot = sender is not None and sender.is_bot and sender.id != ANONYMOUS_ADMIN
    return not (is_by_bot or message.via_bot is not None or message.is_automatic_forward)


def words_of(message: Message, me: User) -> str:
    """Return the words of a message without the mention or the command that addressed it; "" for none."""
    text = message.text or message.caption or ""
    units = text.encode("utf-16-le")  # entities count UTF-16 code units
    cut = list(_mentions_of(message, me))
    if command := _command(message):
        cut.append(command)
    for entity in sorted(cut, key=lambda entity: -entity.offset):
        units = units[: 2 * entity.offset] + units[2 * (entity.offset + entity.length) :]
    return " ".join(units.decode("utf-16-le", errors="ignore").split()).strip(" ,:;—–-")


def asks(message: Message, me: User) -> bool:
    """Say whether a message begins with /ask, or with /ask@ and this bot's name."""
    return _command_name(message) == "ask" and not _commands_another(message, me)


def has_unknown_command(message: Message) -> bool:
    """Say whether a message begins with a command."""
    return _command(message) is not None


def _commands_another(message: Message, me: User) -> bool:
    text = message.text or message.caption or ""
    command = _command(message)
    bot = text[: command.length].partition("@")[2] if command else ""
    return bot.lower() not in {"", (me.username or "").lower()}


def _command_name(message: Message) -> str | None:
    text = message.text or message.caption or ""
    command = _command(message)
    return text[1 : command.length].partition("@")[0].lower() if command else None


def _command(message: Message) -> MessageEntity | None:
    entities = message.entities or message.caption_entities
    found = (entity for entity in entities if entity.type == MessageEntity.BOT_COMMAND and not entity.offset)
    return next(found, None)


def _mentions_of(message: Message, me: User) -> list[MessageEntity]:
    found = (
        {**message.parse_entities(_MENTIONS), **message.parse_caption_entities(_MENTIONS)}
        if (message.text or message.caption)
        else {}
    )
    name = f"@{me.username}".lower()
    return [
        entity
        for entity, text in found.items()
        if (entity.user.id == me.id if entity.user else text.lower() == name)
    ]
