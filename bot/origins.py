"""Origins: which post a message is, or passes on; pure. Of people nothing is read."""

from telegram import (
    Chat,
    ChatFullInfo,
    Message,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginUser,
    User,
)

from corpus.sources.posts import Post, Publisher


def post_of(message: Message) -> Post:
    """Read a channel's message as a post; one that it passes on from another channel is that one's."""
    if isinstance(message.forward_origin, MessageOriginChannel):
        return forwarded(message)
    return Post(
        text=text_of(message),
        published=message.date,
        publisher=publisher_of(message.chat),
        number=message.message_id,
        author=message.author_signature,
    )


def forwarded(message: Message) -> Post:
    """Read what a forwarded message passes on.

    A person's name is left out, and so is the signature of somebody who wrote in a group's name.
    """
    origin = message.forward_origin
    text, published = text_of(message), message.date if origin is None else origin.date
    if isinstance(origin, MessageOriginChannel):
        return Post(
            text, published, publisher_of(origin.chat), origin.message_id, author=origin.author_signature
        )
    if isinstance(origin, MessageOriginChat):
        return Post(text, published, publisher_of(origin.sender_chat))
    return Post(text, published)


def is_by(message: Message, me: User) -> bool:
    """Say whether a message passes on what this bot said, or was sent through it: answers are no articles."""
    origin, through = message.forward_origin, message.via_bot
    is_passed_on = isinstance(origin, MessageOriginUser) and origin.sender_user.id == me.id
    return is_passed_on or (through is not None and through.id == me.id)


def is_by_somebody(message: Message) -> bool:
    """Say whether a message passes on what a person wrote, and no channel or group."""
    return message.forward_origin is not None and forwarded(message).publisher is None


def text_of(message: Message) -> str:
    """Return the text or the caption of a message, as it stands; "" where there is none."""
    return message.text or message.caption or ""


def publisher_of(chat: Chat | ChatFullInfo) -> Publisher:
    """Read a channel, or a group in whose own name was written."""
    return Publisher(chat.id, chat.title or "", chat.username)
