"""Admin: /add, /remove and /sources with numbers, and the buttons under them. Only for admins, in private."""

import asyncio
import itertools
import re

from telegram import CallbackQuery, ChatMember, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden
from telegram.ext import ContextTypes

from bot.admins import Admins
from bot.delivery import acknowledge, edit, send, tried
from bot.desk import Desk
from bot.documents import document_of
from bot.editor import BY_AN_ADMIN, Editor, Outcome
from bot.handlers.arrivals import NOTHING, Arrivals, misspelt
from bot.inventory import page_of
from bot.messages import Messages, messages_for
from bot.naming import MOST_PAGES, Named, article_named, channel_named, named_in
from bot.origins import is_by, is_by_somebody, publisher_of, text_of
from bot.outcomes import article_of, outcomes, removed
from bot.subscriptions import channel_name
from bot.tree import Name, Node, Reply
from corpus.articles import ArticleId
from corpus.sources.attachments import misspelt_in, stated_in
from corpus.sources.fields import FIELDS
from corpus.sources.files import Rejected
from corpus.sources.formats import RawArticle
from corpus.sources.posts import Publisher


class Admin:
    """Answers what admins want done; whoever sends updates here has looked at who wrote them."""

    def __init__(self, desk: Desk, editor: Editor, arrivals: Arrivals, admins: Admins) -> None:
        self._desk = desk
        self._editor = editor
        self._arrivals = arrivals
        self._admins = admins

    async def add(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /add: channels and pages, or else what the message holds that it replies to."""
        message = update.message
        if message is None:
            return
        messages, named = _messages(message), named_in(message)
        replied, words = message.reply_to_message, _after_command(message)
        if replied is not None and is_by(replied, context.bot.bot):
            replied = None
        if replied is not None and (stated_in(words) or misspelt_in(words)):
            await send(message, outcomes(await self._stated(replied, words, messages), messages))
            return
        for channel in named.channels:
            await send(message, await self._approve(channel, messages, context))
        if named.pages or named.telegram_links:
            await send(message, outcomes(await self._pages(named, messages), messages))
        elif not named.channels:
            found = await self._replied(replied, messages) if replied else []
            await send(message, outcomes(found, messages) if found else Reply((_how_to_add(messages),)))

    async def remove(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /remove: an article by its number and a reason, or a channel."""
        message = update.message
        if message is None:
            return
        messages = _messages(message)
        name, *reason = context.args or [""]
        if (article_id := article_named(name)) is not None:
            also = list(itertools.takewhile(lambda word: article_named(word) is not None, reason))
            for one in (article_id, *filter(None, map(article_named, also))):
                await send(message, await self._remove(one, " ".join(reason[len(also) :]), messages))
        elif channel := channel_named(name):
            await send(message, await self._dismiss(channel, messages))
        else:
            how = messages.say("Write /remove, the number of an article, and why; or /remove and a @channel.")
            await send(message, Reply((how,)))

    async def help(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /help: what everybody may do, and what admins may besides."""
        message = update.message
        if message is None:
            return
        language = message.from_user.language_code if message.from_user else None
        messages = messages_for(language)
        also = messages.say(
            "As an admin, you also forward posts to me or send documents, and they become articles. "
            "/add with addresses adds pages, /sources shows the numbers of articles, /remove with numbers "
            "and a reason removes them, /feeds lists feeds and channels."
        )
        await send(message, Reply((*self._desk.help(language).nodes, "\n\n", also)))

    async def sources(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer /sources, with the numbers of articles."""
        message = update.message
        if message is None:
            return
        language = message.from_user.language_code if message.from_user else None
        await send(message, await asyncio.to_thread(self._desk.inventory, language))

    async def turn(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a press that shows another page of articles."""
        query = update.callback_query
        if query is None:
            return
        language, page = query.from_user.language_code, page_of(query.data)
        if page is None or not self._admins.pressed(query):
            await acknowledge(query, _too_old(messages_for(language)))
            return
        reply = await asyncio.to_thread(self._desk.inventory, language, page)
        await acknowledge(query)
        await edit(query, reply)

    async def press(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a press that removes an article."""
        query = update.callback_query
        if query is None:
            return
        messages = messages_for(query.from_user.language_code)
        article_id = article_of(query.data)
        if article_id is None or not self._admins.pressed(query):
            await acknowledge(query, _too_old(messages))
            return
        revision = await asyncio.to_thread(self._editor.remove, article_id)
        if revision is None:
            await acknowledge(query, _no_article(article_id, messages))
        elif _is_alone(query):
            await acknowledge(query)
            await edit(query, removed(revision, messages))
        else:
            await acknowledge(query, messages.say("Removed article {id}.", id=article_id))

    async def _pages(self, named: Named, messages: Messages, stated: RawArticle = NOTHING) -> list[Outcome]:
        forward = messages.say("Forward the post to me instead; I cannot read it behind its link.")
        found: list[Outcome] = [Rejected(link, forward) for link in named.telegram_links]
        take = self._editor.take_page
        found += [await asyncio.to_thread(take, page, stated) for page in named.pages[:MOST_PAGES]]
        too_many = messages.say("I read up to {number} pages at a time.", number=MOST_PAGES)
        return found + [Rejected(page, too_many) for page in named.pages[MOST_PAGES:]]

    async def _replied(self, replied: Message, messages: Messages) -> list[Outcome]:
        """Add what a message holds: its document, what it passes on, or the pages that it names."""
        named = named_in(replied)
        has_links = bool(named.pages or named.telegram_links)
        if has_links and is_by_somebody(replied) and document_of(replied) is None:
            return await self._pages(named, messages)
        if found := await self._arrivals.read(replied, messages):
            return found
        return await self._pages(named, messages) if has_links else []

    async def _stated(self, replied: Message, words: str, messages: Messages) -> list[Outcome]:
        """Add what a message holds, with the fields that are stated of it."""
        if wrong := misspelt(words, messages):
            return wrong
        stated = stated_in(words)
        found = await self._arrivals.read(replied, messages, stated=stated)
        found = found or await self._pages(named_in(replied), messages, stated)
        nothing = messages.say("There are no words in it, so there is nothing to add.")
        return found or [Rejected("", nothing)]

    async def _approve(self, name: str, messages: Messages, context: ContextTypes.DEFAULT_TYPE) -> Reply:
        channel = await _find_channel(name, context)
        if channel is None:
            sorry = messages.say("I am no administrator of such a channel. Make me one, then try again.")
            return Reply((Name(name), ": ", sorry))
        await asyncio.to_thread(self._editor.approve, channel)
        told = messages.say("What this channel publishes from now on becomes articles.")
        return Reply((Name(channel.title), ": ", told))

    async def _dismiss(self, name: str, messages: Messages) -> Reply:
        channels = await asyncio.to_thread(self._editor.channels)
        known = next((channel for channel in channels if _is_named(channel, name)), None)
        if known is None:
            return Reply((Name(name), ": ", messages.say("I do not follow such a channel.")))
        await asyncio.to_thread(self._editor.dismiss, known.id)
        told = messages.say("I do not follow this channel any more. Its articles stay.")
        return Reply((Name(known.title), ": ", told))

    async def _remove(self, article_id: ArticleId, reason: str, messages: Messages) -> Reply:
        because = reason or BY_AN_ADMIN
        revision = await asyncio.to_thread(self._editor.remove, article_id, because=because)
        return removed(revision, messages) if revision else Reply((_no_article(article_id, messages),))


async def _find_channel(name: str, context: ContextTypes.DEFAULT_TYPE) -> Publisher | None:
    """Find a channel in which the bot is an administrator."""
    bot = context.bot
    try:
        chat = await tried(lambda: bot.get_chat(int(name) if name.startswith("-") else name))
        if chat.type != ChatType.CHANNEL:
            return None
        member = await tried(lambda: bot.get_chat_member(chat.id, bot.id))
    except (BadRequest, Forbidden):
        return None
    return publisher_of(chat) if member.status == ChatMember.ADMINISTRATOR else None


def _is_named(channel: Publisher, name: str) -> bool:
    return name.lower() == channel_name(channel).lower() or name == str(channel.id)


def _is_alone(query: CallbackQuery) -> bool:
    """Say whether the button is the only one of its message."""
    message = query.message
    markup = message.reply_markup if isinstance(message, Message) else None
    return markup is not None and sum(map(len, markup.inline_keyboard)) == 1


def _after_command(message: Message) -> str:
    """Return what a command says, each field that it states on a line of its own."""
    words = "".join(text_of(message).split(maxsplit=1)[1:])
    return re.sub(rf"\s+(?=(?:{'|'.join(FIELDS)})\s*:)", "\n", words)


def _messages(message: Message) -> Messages:
    return messages_for(message.from_user.language_code if message.from_user else None)


def _too_old(messages: Messages) -> str:
    return messages.say("This button is too old. Please ask the question again.")


def _no_article(article_id: ArticleId, messages: Messages) -> str:
    return messages.say("There is no article {id} (any more).", id=article_id)


def _how_to_add(messages: Messages) -> Node:
    return messages.say(
        "Write /add and the address of a page or a @channel; or reply with /add to a message that has a link "
        "or a document; or just forward a post or send a document."
    )
