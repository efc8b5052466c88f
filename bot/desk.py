"""Desk: the conversation itself, the same in Telegram and in the terminal. Knows nothing of either.

Methods take seconds at worst and may be called from many threads.
"""

import base64
import binascii
import contextlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

from bot import render
from bot.buttons import Press, ShowContext, ShowPage
from bot.inventory import inventory
from bot.messages import Messages, messages_for
from bot.tree import Bold, Reply
from corpus.articles import RevisionId
from corpus.store import Corpus
from index.answers import LONGEST_QUESTION, Answer, Problem, Question, Reference
from index.confidence import Outcome
from index.engine import Engine
from index.errors import InvalidQuestion

#: Sentences shown on both sides of one that is seen in context.
CONTEXT_RADIUS = 3

#: Articles that /sources names.
LATEST = 8

#: Source names that /sources lists.
SOURCES = 15


class Desk:
    """Answers whatever a person types or presses."""

    def __init__(
        self,
        engine: Engine,
        corpus: Corpus,
        *,
        while_asked: Callable[[], AbstractContextManager[None]] = contextlib.nullcontext,
    ) -> None:
        """Take what answers, and what holds others back while it does."""
        self._engine = engine
        self._corpus = corpus
        self._while_asked = while_asked

    def greet(self, language: str | None, payload: str = "") -> Reply:
        """Answer /start, with what its link carries.

        That may be a passage (`see-12-3`: revision, position) or a question (`ask-` and base64url).
        """
        if reference := re.fullmatch(r"see-(\d{1,18})-(\d{1,9})", payload, re.ASCII):
            seen = self._see(Reference(RevisionId(int(reference[1])), int(reference[2])), language)
            if seen is not None:
                return seen
        if (question := _question_in(payload)) is not None:
            return self.answer(question, language)
        messages = messages_for(language)
        return Reply(
            (
                messages.say(
                    "Ask me a question. I answer only with sentences from news articles, word for word, "
                    "with the source and the date, and I say so when the articles do not know."
                ),
                "\n\n",
                messages.say("They cover:"),
                " ",
                render.coverage(self._engine.covered, messages),
                "\n\n",
                messages.say("For example:"),
                " ",
                Bold(messages.say("who was arrested?")),
                "\n",
                messages.say("/help tells more."),
            )
        )

    def help(self, language: str | None) -> Reply:
        """Answer /help."""
        say = messages_for(language).say
        lines = (
            say(
                "Here, any text is a question. In a group, mention me, reply to me, "
                "or write /ask and the question."
            ),
            say("“In context” shows the sentence among its neighbours, “More” shows further passages."),
            say("/sources lists where the articles come from."),
            say("I store neither your name nor your question."),
        )
        return Reply(("\n\n".join(lines),))

    def sources(self, language: str | None) -> Reply:
        """Answer /sources."""
        return render.sources(
            self._engine.covered,
            self._corpus.sources()[:SOURCES],
            self._corpus.latest(LATEST),
            messages_for(language),
        )

    def inventory(self, language: str | None, page: int = 0) -> Reply:
        """Answer /sources to those who may remove articles: the sources, then articles with numbers."""
        messages = messages_for(language)
        # One more than is shown tells whether there is more.
        found = self._corpus.latest(LATEST + 1, skip=page * LATEST)
        listed = inventory(found[:LATEST], messages, page=page, more=len(found) > LATEST)
        if page:
            return listed
        sources = render.sources(self._engine.covered, self._corpus.sources()[:SOURCES], (), messages)
        return Reply((*sources.nodes, "\n", *listed.nodes), listed.buttons) if found else sources

    def answer(self, text: str, language: str | None, *, page: int = 0) -> Reply:
        """Answer a question, in its own language where the bot speaks it."""
        try:
            question = Question.parse(text)
        except InvalidQuestion as error:
            return self.explain(error.problem, language)
        messages = _messages_for(question, language)
        # One more than is shown tells whether there is more.
        with self._while_asked():
            answer = self._engine.ask(question, limit=render.PAGE + 1, skip=page * render.PAGE)
        if answer.outcome is Outcome.NOTHING:
            return render.nothing(
                answer.covered, messages, looked_for=answer.looked_for, is_foreign=question.is_foreign
            )
        return card_of(answer, messages, page=page)

    def explain(self, problem: str, language: str | None) -> Reply:
        """Say kindly why something is no question."""
        say = messages_for(language).say
        reasons = {
            Problem.EMPTY: say("Ask me something: write your question after my name or after /ask."),
            Problem.TOO_LONG: say(
                "That is too long for a question: I read up to {limit} characters. Please make it shorter.",
                limit=LONGEST_QUESTION,
            ),
            Problem.NO_WORDS: say("I read questions in words. Please write yours as text."),
        }
        return Reply((reasons[Problem(problem)],))

    def press(self, press: Press, question: str | None, language: str | None) -> Reply | None:
        """Answer a button; None when what it stands for is gone.

        Args:
            press: what the button says.
            question: the question that the card answers, where it is still known.
            language: of the person who presses.
        """
        asked = _asked(question)
        if asked and not isinstance(press, ShowContext):
            return self.answer(asked.text, language, page=press.page)
        if isinstance(press, ShowPage):
            return None
        messages = _messages_for(asked, language) if asked else messages_for(language)
        radius = CONTEXT_RADIUS if isinstance(press, ShowContext) else 1
        evidence = self._engine.recall(press.references, radius=radius)
        if not evidence:
            return None
        if isinstance(press, ShowContext):
            return render.in_context(press, evidence, messages)
        return render.card(press.outcome, evidence, messages, page=press.page, more=False)

    def _see(self, reference: Reference, language: str | None) -> Reply | None:
        evidence = self._engine.recall([reference], radius=CONTEXT_RADIUS)
        return render.alone(evidence[0], messages_for(language)) if evidence else None


def card_of(answer: Answer, messages: Messages, *, page: int) -> Reply:
    """Show a page of an answer that holds one passage more than a page where there is more."""
    shown = answer.evidence[: render.PAGE]
    if not shown:
        return render.end(messages, page=page)
    return render.card(answer.outcome, shown, messages, page=page, more=len(answer.evidence) > render.PAGE)


def _messages_for(question: Question, language: str | None) -> Messages:
    """Speak the question's language, or else the person's."""
    messages = messages_for(question.language)
    return messages if messages.language == question.language else messages_for(language)


def _asked(text: str | None) -> Question | None:
    """Read the question that a card answers; None where it is gone, or was made something else by an edit."""
    try:
        return Question.parse(_question_in(text or "") or text or "")
    except InvalidQuestion:
        return None


def _question_in(payload: str) -> str | None:
    if not re.fullmatch(r"ask-[\w-]*", payload, re.ASCII):
        return None
    try:
        packed = payload.removeprefix("ask-")
        return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
