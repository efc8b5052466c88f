"""Arrivals: what admins pass on in private: forwarded posts, and documents."""

import asyncio

from telegram import Document, Message, Update
from telegram.ext import ContextTypes

from bot.delivery import send
from bot.documents import NAMELESS, bring, document_of, obstacle
from bot.editor import Editor, Outcome
from bot.messages import Messages, messages_for
from bot.origins import forwarded, is_by, text_of
from bot.outcomes import outcomes
from bot.subscriptions import short
from bot.tree import Reply
from corpus.sources.attachments import FIELDS, Misspelt, misspelt_in, stated_in
from corpus.sources.files import Rejected
from corpus.sources.formats import RawArticle
from corpus.sources.posts import has_words

#: Characters of a line of a caption that are repeated.
LONGEST_LINE = 60


class Arrivals:
    """Makes articles of what admins pass on, and says what became of it."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor

    async def take(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Take a forwarded message or a document."""
        message = update.message
        if message is None:
            return
        messages = messages_for(message.from_user.language_code if message.from_user else None)
        if is_by(message, context.bot.bot):
            own = messages.say("That is what I said myself. Articles come from somebody else.")
            await send(message, Reply((own,)))
        elif found := await self.read(message, messages):
            await send(message, outcomes(found, messages))
        elif message.media_group_id is None:  # of an album, the photo with the caption is answered
            wordless = messages.say("There are no words in it, so there is nothing to add.")
            await send(message, Reply((wordless,)))

    async def read(self, message: Message, messages: Messages) -> list[Outcome]:
        """Store the articles of a message: what was forwarded, and its document."""
        found: list[Outcome] = []
        if message.forward_origin is not None and has_words(text_of(message)):
            found.append(await asyncio.to_thread(self._editor.take_post, forwarded(message)))
        if document := document_of(message):
            found += await self._read_document(document, message, messages)
        return found

    async def _read_document(self, document: Document, message: Message, messages: Messages) -> list[Outcome]:
        name = document.file_name or NAMELESS
        if (reason := obstacle(document, messages)) is not None:
            return [Rejected(name, reason)]
        if misspelt := _misspelt(message):  # under another name or address it would be another article
            return [Rejected(name, _not_understood(one, messages)) for one in misspelt]
        attachment = await bring(document, messages)
        if isinstance(attachment, str):
            return [Rejected(name, attachment)]
        stated, otherwise = _fields(message)
        return await asyncio.to_thread(
            self._editor.take_attachment, attachment, stated=stated, otherwise=otherwise
        )


def _misspelt(message: Message) -> list[Misspelt]:
    return misspelt_in(text_of(message)) if message.forward_origin is None else []


def _not_understood(one: Misspelt, messages: Messages) -> str:
    return messages.say(
        "I do not understand “{line}”; is it {field}? A caption may state {fields}.",
        line=short(one.line, LONGEST_LINE),
        field=f"{one.field}:",
        fields=", ".join(f"{field}:" for field in FIELDS),
    )


def _fields(message: Message) -> tuple[RawArticle, RawArticle]:
    """Read what holds of a document: whatever it says itself, and where it says nothing.

    The caption of a forwarded one is not the admin's.
    """
    if message.forward_origin is None:
        return stated_in(text_of(message)), {}
    post = forwarded(message)
    source = {"source": post.publisher.title} if post.publisher else {}
    return {}, {**source, "published": post.published}
