"""Render: answers and the like to replies; pure. Says nothing of how a reply is written on the wire."""

from collections.abc import Sequence

from bot.buttons import Press, ShowCard, ShowContext, ShowPage, write
from bot.links import sentence_link
from bot.marking import marked
from bot.messages import Messages
from bot.tree import Bold, Button, Link, Name, Node, Quote, Reply
from bot.visible import visible
from corpus.articles import Revision, Since, published
from corpus.languages import Language
from corpus.stored import CorpusSummary
from index.answers import Evidence
from index.confidence import Outcome

#: Passages on one card.
PAGE = 3

#: Characters of a title or a source's name in a citation; titles are no answers, so they may be cut.
LONGEST_NAME = 120

#: Words of a question that are repeated when nothing was found, and characters of each.
MOST_WORDS = 8
LONGEST_WORD = 40


def citations(outcome: Outcome, evidence: Sequence[Evidence], messages: Messages, *, first: int = 1) -> Reply:
    """Show passages with their citations, numbered from `first`; from the second on, long ones are folded."""
    nodes: list[Node] = []
    if outcome is Outcome.CLOSEST:
        nodes += [messages.say("The articles do not say this clearly. The closest passages:"), "\n"]
    for number, one in enumerate(evidence, start=first):
        nodes += [*_cited(number, one, messages, Quote(marked(one), expandable=number > 1)), "\n\n"]
    return Reply(tuple(nodes[:-1]))


def card(
    outcome: Outcome, evidence: Sequence[Evidence], messages: Messages, *, page: int, more: bool
) -> Reply:
    """Show a page of passages, with buttons to their context and to further pages."""
    shown = citations(outcome, evidence, messages, first=page * PAGE + 1)
    references = tuple(one.reference for one in evidence)
    row = [_button(messages.say("In context"), ShowContext(outcome, page, references))]
    if page:
        row.append(_button(messages.say("Back"), ShowPage(page - 1)))
    if more:
        row.append(_button(messages.say("More"), ShowPage(page + 1)))
    return Reply(shown.nodes, (tuple(row),))


def end(messages: Messages, *, page: int) -> Reply:
    """Say that there is no further page."""
    back = _button(messages.say("Back"), ShowPage(max(0, page - 1)))
    return Reply((messages.say("That was all."),), ((back,),))


def in_context(press: ShowContext, evidence: Sequence[Evidence], messages: Messages) -> Reply:
    """Show passages in bold among their neighbours."""
    nodes: list[Node] = []
    for number, one in enumerate(evidence, start=press.page * PAGE + 1):
        nodes += [*_cited(number, one, messages, _surroundings(one)), "\n\n"]
    back = _button(messages.say("Back"), ShowCard(press.outcome, press.page, press.references))
    return Reply(tuple(nodes[:-1]), ((back,),))


def alone(one: Evidence, messages: Messages) -> Reply:
    """Show one passage in bold among its neighbours, as the target of a link."""
    return Reply(tuple(_cited(1, one, messages, _surroundings(one))))


def nothing(
    covered: CorpusSummary,
    messages: Messages,
    *,
    looked_for: Sequence[str] = (),
    is_foreign: bool = False,
) -> Reply:
    """Say that the articles do not know, which words were looked for, and what the articles cover instead."""
    say = messages.say
    if not covered.articles:
        return Reply((say("There are no articles yet, so there is nothing to answer from."),))
    named: list[Node] = ["\n", say("I looked for:"), " ", Name(_words(looked_for))]
    return Reply(
        (
            say("The articles do not answer this, as far as I can find."),
            *(named if looked_for else []),
            "\n\n",
            say("They cover:"),
            " ",
            coverage(covered, messages),
            "\n",
            say("Try other words, or ask about one thing at a time."),
            *([" ", say("I understand questions in English, Russian and Kazakh.")] if is_foreign else []),
        )
    )


def coverage(covered: CorpusSummary, messages: Messages) -> str:
    """Say how many articles there are, from when to when, in which languages."""
    parts = [messages.say_many("{number} article", "{number} articles", covered.articles)]
    if covered.earliest and covered.latest:
        parts.append(
            messages.say(
                "published {earliest} – {latest}",
                earliest=messages.date(published(covered.earliest)),
                latest=messages.date(published(covered.latest)),
            )
        )
    if covered.languages:
        parts.append(", ".join(language_name(language, messages) for language in covered.languages))
    return "; ".join(parts) + "."


def sources(
    covered: CorpusSummary,
    names: Sequence[tuple[str, int]],
    latest: Sequence[Revision],
    messages: Messages,
) -> Reply:
    """List where the articles come from, and the latest of them, if any are given."""
    if not covered.articles:
        return nothing(covered, messages)
    nodes: list[Node] = [coverage(covered, messages), "\n\n", Bold(messages.say("Sources")), "\n"]
    for name, number in names:
        nodes += ["• ", Name(_name(name)), f" ({number})\n"]
    nodes += ["\n", Bold(messages.say("Latest articles")), "\n"] if latest else []
    for revision in latest:
        nodes += ["• ", _title(revision, revision.url), f" — {messages.date(revision.published)}\n"]
    return Reply(tuple(nodes))


def language_name(language: Language, messages: Messages) -> str:
    """Name a language in the reader's own."""
    say = messages.say
    names = {
        Language.ENGLISH: say("English"),
        Language.RUSSIAN: say("Russian"),
        Language.KAZAKH: say("Kazakh"),
        Language.OTHER: say("other languages"),
    }
    return names[language]


def _surroundings(one: Evidence) -> Quote:
    quote = Bold(visible(one.quote))
    return Quote((quote,), expandable=True, before=visible(one.before), after=visible(one.after))


def _cited(number: int, one: Evidence, messages: Messages, quote: Quote) -> list[Node]:
    """Show a quote and where it stands; of a removed article, only that it was removed."""
    if one.revision.since is Since.REMOVED:
        return [f"[{number}] ", messages.say("This article was removed since.")]
    return [quote, *_citation(number, one, messages)]


def _citation(number: int, one: Evidence, messages: Messages) -> list[Node]:
    revision = one.revision
    url = sentence_link(revision.url, revision.text, one.sentence)
    source, date = Name(_name(revision.source)), messages.date(revision.published)
    # Whom the bot speaks to in a language reads it; any other one is named.
    foreign = (
        "" if revision.language is messages.language else f", {_in_language(revision.language, messages)}"
    )
    return [
        f"\n[{number}] ",
        _title(revision, url),
        " — ",
        source,
        f", {date}{foreign}{_changed(revision, messages)}{_also(one, messages)}",
    ]


def _changed(revision: Revision, messages: Messages) -> str:
    said = messages.say("changed since")
    return f" ({said})" if revision.since is Since.CHANGED else ""


def _also(one: Evidence, messages: Messages) -> str:
    """Say in how many other sources a sentence stands; copies in the same source are none."""
    own = one.revision.source.casefold()
    number = len({copy.source.casefold() for copy in one.also} - {own})
    if not number:
        return ""
    return " · " + messages.say_many("also in {number} source", "also in {number} sources", number)


def _in_language(language: Language, messages: Messages) -> str:
    """Say in which language a text is."""
    say = messages.say
    names = {
        Language.ENGLISH: say("in English"),
        Language.RUSSIAN: say("in Russian"),
        Language.KAZAKH: say("in Kazakh"),
        Language.OTHER: say("in another language"),
    }
    return names[language]


def _title(revision: Revision, url: str | None) -> Node:
    title = _name(revision.title)
    return Link(title, url) if url else Name(title)


def _words(words: Sequence[str]) -> str:
    """Name a question's words, each once, the first ones where there are many."""
    named: dict[str, str] = {}
    for word in words:
        named.setdefault(word.casefold(), _name(word, LONGEST_WORD))
    return ", ".join([*named.values()][:MOST_WORDS]) + (", …" if len(named) > MOST_WORDS else "")


def _name(text: str, longest: int = LONGEST_NAME) -> str:
    shown = visible(text)
    return shown if len(shown) <= longest else shown[: longest - 1].rstrip() + "…"


def _button(label: str, press: Press) -> Button:
    return Button(label, write(press))
