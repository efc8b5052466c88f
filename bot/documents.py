"""Documents: files that admins send, brought here with their size and their time bounded."""

import asyncio

from telegram import Document, Message
from telegram.error import TelegramError

from bot.delivery import tried
from bot.messages import Messages
from corpus.sources.attachments import Attachment, is_readable
from corpus.sources.formats import PARSERS

#: Bytes of a document; Telegram itself lets bots have 20 MB (https://core.telegram.org/bots/api#getfile).
LARGEST_DOCUMENT = 10_000_000

#: Seconds that a document may take to come, however often that is tried.
PATIENCE_S = 60.0

#: What stands for the name of a file that has none.
NAMELESS = "document"


def obstacle(document: Document, messages: Messages) -> str | None:
    """Say why a document is not even asked for; None where it is."""
    if not is_readable(document.file_name or ""):
        endings = ", ".join(PARSERS)
        return messages.say("I read files that end in {endings}.", endings=endings)
    if (document.file_size or 0) > LARGEST_DOCUMENT:
        return _too_large(messages)
    return None


async def bring(document: Document, messages: Messages) -> Attachment | str:
    """Download a document without an obstacle, or say why that does not work."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            content = await tried(lambda: _content(document))
    except (TelegramError, TimeoutError):
        return messages.say("Telegram did not hand the file over. Please send it again in a moment.")
    if content is None:
        return _too_large(messages)
    return Attachment(document.file_name or NAMELESS, document.file_unique_id, content)


async def _content(document: Document) -> bytes | None:
    """Fetch a document's bytes; None where it is larger than its message said."""
    file = await document.get_file()
    if (file.file_size or 0) > LARGEST_DOCUMENT:
        return None
    content = bytes(await file.download_as_bytearray(read_timeout=PATIENCE_S))
    return content if len(content) <= LARGEST_DOCUMENT else None


def _too_large(messages: Messages) -> str:
    megabytes = LARGEST_DOCUMENT // 1_000_000
    return messages.say("That file is too large: I read up to {megabytes} MB.", megabytes=megabytes)


def document_of(message: Message) -> Document | None:
    """Return the document of a message; animations come with one, too, and are none."""
    return message.document if message.animation is None else None
