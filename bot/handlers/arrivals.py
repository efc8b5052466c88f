"""Arrivals: what admins pass on in private: forwarded posts, and documents."""

import asyncio
from types import MappingProxyType

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
from corpus.sources.attachments import Misspelt, misspelt_in, stated_in
from corpus.sources.fields import FIELDS
from corpus.sources.files import Rejected
from corpus.sources.formats import RawArticle
from corpus.sources.posts import has_words

#: Where no fields are stated.
NOTHING: RawArticle = MappingProxyType({})

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

    async def read(
        self, message: Message, messages: Messages, *, stated: RawArticle = NOTHING
    ) -> list[Outcome]:
        """Store the articles of a message: what was forwarded, and its document; with fields that are stated.

        What a person wrote is no news, so somebody must state who published it.
        """
        found: list[Outcome] = []
        document = document_of(message)
        if message.forward_origin is not None and has_words(text_of(message)):
            post = forwarded(message)
            if post.publisher is not None or (stated.get("source") and document is None):
                found.append(await asyncio.to_thread(self._editor.take_post, post, stated))
            elif document is None:
                found.append(Rejected("", _who_published_it(messages)))
        if document:
            found += await self._read_document(document, message, messages, stated)
        return found

    async def _read_document(
        self, document: Document, message: Message, messages: Messages, stated: RawArticle
    ) -> list[Outcome]:
        name = document.file_name or NAMELESS
        if (reason := obstacle(document, messages)) is not None:
            return [Rejected(name, reason)]
        is_own = message.forward_origin is None and not stated
        # Under another name or address it would be another article.
        if is_own and (wrong := misspelt(text_of(message), messages, name=name)):
            return wrong
        attachment = await bring(document, messages)
        if isinstance(attachment, str):
            return [Rejected(name, attachment)]
        said, otherwise = _fields(message)
        return await asyncio.to_thread(
            self._editor.take_attachment, attachment, stated={**said, **stated}, otherwise=otherwise
        )


def misspelt(words: str, messages: Messages, *, name: str = "") -> list[Outcome]:
    """Name each line that is meant to state a field and does not."""
    return [Rejected(name, _not_understood(one, messages)) for one in misspelt_in(words)]


def _who_published_it(messages: Messages) -> str:
    return messages.say(
        "A person wrote this, so it is no news article. If it is from one, reply to it: /add source: and who "
        "published it; or just /add, if it has a link."
    )


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
