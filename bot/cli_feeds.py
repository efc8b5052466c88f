"""Commands about feeds: `feed add`, `list`, `remove`, `poll`. Loads nothing heavy before one of them runs."""

import re
import sys

import click

from bot.explaining import FAILED, explained, print_json, settings_for_corpus, settings_of

#: Seconds between two polls of a feed: not so often that it is a burden, and once a week at least.
SHORTEST_S, LONGEST_S = 10, 7 * 86_400


class Duration(click.ParamType[int]):
    """A span of time such as 5m, in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        if isinstance(value, int):
            return value
        matched = re.fullmatch(r"(\d{1,6})([smhd])", str(value).strip().lower(), re.ASCII)
        seconds = int(matched[1]) * {"s": 1, "m": 60, "h": 3_600, "d": 86_400}[matched[2]] if matched else 0
        if not SHORTEST_S <= seconds <= LONGEST_S:
            self.fail(f"{value!r} is no time from 10s to 7d, such as 30s, 5m or 2h", param, ctx)
        return seconds


@click.group()
def feed() -> None:
    """Follow feeds (RSS, Atom, JSON Feed) and news sitemaps."""


@feed.command()
@click.argument("url")
@click.option("--every", "every_s", type=Duration(), help="How often to look; 5m where nobody says it.")
@click.option("--source", help="Who publishes it; without it, or with '', what the feed calls itself.")
@click.option("--language", type=click.Choice(["en", "ru", "kk"]), help="Told from each text without it.")
@click.pass_context
def add(
    context: click.Context, url: str, every_s: int | None, source: str | None, language: str | None
) -> None:
    """Follow the feed at URL, or the one that the page at URL names.

    Of a feed that is followed already only what is stated here is changed.
    """
    from bot.feeding import add_feed  # noqa: PLC0415

    with explained():
        told = {"source": source and source.strip(), "language": language}
        stated = {name: value for name, value in told.items() if value is not None}
        add_feed(settings_of(context), url, every_s=every_s, stated=stated)


@feed.command("list")
@click.option("--json", "as_json", is_flag=True, callback=print_json, help="One JSON object a line.")
@click.pass_context
def list_(context: click.Context, *, as_json: bool) -> None:
    """List all feeds, with what came of them and what is wrong."""
    from bot.feeding import list_feeds  # noqa: PLC0415

    with explained():
        list_feeds(settings_for_corpus(context), as_json=as_json)


@feed.command()
@click.argument("name", metavar="ID|URL")
@click.pass_context
def remove(context: click.Context, name: str) -> None:
    """Stop following a feed; its articles stay."""
    from bot.feeding import remove_feed  # noqa: PLC0415

    with explained():
        remove_feed(settings_for_corpus(context), name)


@feed.command()
@click.argument("names", nargs=-1, metavar="[ID|URL]...")
@click.option("--once/--follow", "once", default=True, help="Poll once, or until a signal ends it.")
@click.pass_context
def poll(context: click.Context, names: tuple[str, ...], *, once: bool) -> None:
    """Read what is new in the feeds that are due, or in these now; a bot may run meanwhile."""
    from bot.feeding import poll_on, poll_once  # noqa: PLC0415

    with explained():
        settings = settings_for_corpus(context)
        if not once:
            poll_on(settings, names)
        elif not poll_once(settings, names):
            sys.exit(FAILED)
