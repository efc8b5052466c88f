"""Commands about articles: `add`, `articles`. Loads nothing heavy before one of them runs."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from bot.explaining import FAILED, explained, print_json, settings_for_corpus, settings_of

#: An article's number, as far as databases count.
ARTICLE_ID = click.IntRange(1, 2**63 - 1)

#: What is said at Ctrl-C.
ADDED_SO_FAR = "what is stored stays; the same command goes on, and `crisisbot sync` indexes what is stored"
REMOVED_SO_FAR = "if nothing was said above, nothing was done; else `crisisbot sync` does the rest"
PURGED_SO_FAR = "run the same command again: it does what is left to do"

#: What is said where there is nothing left to purge.
PURGED_BEFORE = (
    "{} was purged already, on {:%Y-%m-%d}; the reason that was given then stays, and "
    "`crisisbot articles list --removed` shows it"
)

#: What is said where there are none.
NO_ARTICLES = "no articles; `crisisbot add PATH|URL...` adds some"

#: The number of a revision.
NUMBER = click.IntRange(1, 2**31 - 1)


@click.command()
@click.argument("places", nargs=-1, required=True, type=click.Path(), metavar="PATH|URL...")
@click.option("--title", help="For articles that should have another title than they say.")
@click.option("--source", help="Who published them.")
@click.option("--url", help="Where the article can be read (one article only).")
@click.option("--published", help="When, such as 2022-01-05 or 2022-01-05T14:30:00+06:00.")
@click.option("--language", type=click.Choice(["en", "ru", "kk"]), help="Told from the text without it.")
@click.pass_context
def add(context: click.Context, /, places: tuple[str, ...], **stated: str | None) -> None:
    """Add articles from files, folders, patterns and web pages; the index is up to date afterwards.

    Files: .txt, .md, .html, .jsonl, .pdf, .docx, .eml. Patterns in quotes: 'news/**/*.pdf'.
    """
    _check(stated)
    if stated["url"] and not _is_one_article(places):
        raise click.UsageError("--url is the address of one article, so give one file or one page")
    from bot.adding import add_all  # noqa: PLC0415

    with explained(interrupted=ADDED_SO_FAR):
        complete = add_all(settings_of(context), places, {k: v for k, v in stated.items() if v})
        sys.exit(0 if complete else FAILED)


def _check(stated: Mapping[str, str | None]) -> None:
    """Refuse what cannot be stated of an article once, before anything is read, and not for every file."""
    from corpus.articles import Article  # noqa: PLC0415 (not for --help)
    from corpus.errors import InvalidArticle  # noqa: PLC0415

    try:
        Article.parse({**stated, "text": "."}, key="stated", obtained="file", source="stated")
    except InvalidArticle as error:
        raise click.UsageError(f"--{error}") from error


def _is_one_article(places: tuple[str, ...]) -> bool:
    if len(places) > 1:
        return False
    path = Path(places[0])
    is_page = places[0].lower().startswith(("http://", "https://"))
    return is_page or (path.is_file() and path.suffix.lower() not in {".jsonl", ".ndjson"})


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@click.option("--source", help="Who published what comes into it.")
@click.option(
    "--every",
    "every_s",
    default=2.0,
    show_default=True,
    type=click.FloatRange(0.1, 86_400),
    metavar="SECONDS",
    help="How often to look.",
)
@click.option("--remove-deleted", is_flag=True, help="Remove an article when its file is deleted.")
@click.pass_context
def watch(
    context: click.Context, folder: Path, source: str | None, every_s: float, *, remove_deleted: bool
) -> None:
    """Add what is in DIR, and whatever comes into it or changes in it, until a signal ends that."""
    from bot.watching import Watch, watch_folder  # noqa: PLC0415

    with explained():
        stated = {"source": source} if source else {}
        watch_folder(settings_of(context), Watch(folder, stated, every_s, remove_deleted))


@click.group()
def articles() -> None:
    """List, show, compare and remove articles."""


@articles.command("list")
@click.option("--removed", is_flag=True, help="List those that were removed instead, and why.")
@click.option("--json", "as_json", is_flag=True, callback=print_json, help="One JSON object a line.")
@click.pass_context
def list_articles(context: click.Context, *, removed: bool, as_json: bool) -> None:
    """List all articles, earliest first; removed ones, latest removed first."""
    from bot import listing  # noqa: PLC0415
    from bot.composition import open_corpus  # noqa: PLC0415

    with explained(), open_corpus(settings_for_corpus(context)) as corpus:
        if removed:
            write_removed = listing.removed_json_line if as_json else listing.removed_line
            lines, none = [write_removed(history) for history in corpus.removed()], "no article was removed"
        else:
            write = listing.article_json_line if as_json else listing.article_line
            lines, none = [write(revision) for revision in corpus.articles()], NO_ARTICLES
        for line in lines:
            click.echo(line)
        if not lines:
            click.echo(none, err=True)


@articles.command()
@click.argument("article_id", metavar="ID", type=ARTICLE_ID)
@click.option("--revision", "number", type=NUMBER, metavar="N", help="What it said then, removed or not.")
@click.pass_context
def show(context: click.Context, article_id: int, number: int | None) -> None:
    """Show one article with its whole text."""
    from bot import listing  # noqa: PLC0415
    from bot.composition import open_corpus  # noqa: PLC0415
    from corpus.articles import ArticleId  # noqa: PLC0415

    with explained(), open_corpus(settings_for_corpus(context)) as corpus:
        one = ArticleId(article_id)
        shown = corpus.article(one) if number is None else corpus.history(one).revision(number)
        click.echo(listing.article_page(shown))


@articles.command("history")
@click.argument("article_id", metavar="ID", type=ARTICLE_ID)
@click.pass_context
def show_history(context: click.Context, article_id: int) -> None:
    """List the revisions of an article and when each was current (in UTC), and what became of it."""
    from bot import listing  # noqa: PLC0415
    from bot.composition import open_corpus  # noqa: PLC0415
    from corpus.articles import ArticleId  # noqa: PLC0415

    with explained(), open_corpus(settings_for_corpus(context)) as corpus:
        for line in listing.history_lines(corpus.history(ArticleId(article_id))):
            click.echo(line)


@articles.command()
@click.argument("article_id", metavar="ID", type=ARTICLE_ID)
@click.option(
    "--from", "old", type=NUMBER, metavar="N", help="The earlier revision; without it, the one before."
)
@click.option("--to", "new", type=NUMBER, metavar="M", help="The later revision; without it, the last one.")
@click.pass_context
def diff(context: click.Context, article_id: int, old: int | None, new: int | None) -> None:
    """Show what an article says differently, sentence by sentence."""
    from bot.composition import open_corpus  # noqa: PLC0415
    from bot.differing import difference  # noqa: PLC0415
    from corpus.articles import ArticleId  # noqa: PLC0415

    with explained(), open_corpus(settings_for_corpus(context)) as corpus:
        history = corpus.history(ArticleId(article_id))
        later = history.revision(history.revisions[-1].number if new is None else new)
        if later.number == 1 and old is None:
            click.echo(f"revision 1 of article {article_id} is the first one: there is nothing before it")
            return
        click.echo(difference(history.revision(later.number - 1 if old is None else old), later))


@articles.command()
@click.argument("article_id", metavar="ID", type=ARTICLE_ID)
@click.option("--because", default="removed by hand", show_default=True, help="The reason, for the record.")
@click.option(
    "--purge",
    is_flag=True,
    help="Take every word of it out of the database, too, for good; also of an article removed before.",
)
@click.option("--yes", is_flag=True, help="Do not ask before a purge.")
@click.pass_context
def remove(context: click.Context, article_id: int, because: str, *, purge: bool, yes: bool) -> None:
    """Take an article out of all answers."""
    from bot.composition import make_engine, open_corpus, refresh  # noqa: PLC0415
    from bot.progress import telling  # noqa: PLC0415
    from bot.visible import visible  # noqa: PLC0415
    from corpus.articles import ArticleId  # noqa: PLC0415

    with explained(interrupted=PURGED_SO_FAR if purge else REMOVED_SO_FAR):
        settings = settings_for_corpus(context)
        with open_corpus(settings) as corpus:
            if purge:
                if sys.stdin.isatty() and not yes:
                    click.confirm(f"Take every word of article {article_id} out for good?", abort=True)
                copies = ", ".join(map(str, corpus.copies_of(ArticleId(article_id))))
                with telling(f"Taking every word of article {article_id} out of the database"):
                    before = corpus.purge(ArticleId(article_id), because=because)
                click.echo(
                    f"purged {article_id}" if before is None else PURGED_BEFORE.format(article_id, before)
                )
                if copies:
                    click.echo(f"wire copies of it are still there: {copies}")
            else:
                removed = corpus.remove(ArticleId(article_id), because=because)
                click.echo(f"removed {article_id}: {visible(removed.title)}")
            refresh(make_engine(settings, corpus).engine, label="Taking it out of the index")


@articles.command()
@click.argument("article_id", metavar="ID", type=ARTICLE_ID)
@click.pass_context
def restore(context: click.Context, article_id: int) -> None:
    """Bring a removed article back as it was."""
    from bot.composition import make_engine, open_corpus, refresh  # noqa: PLC0415
    from bot.visible import visible  # noqa: PLC0415
    from corpus.articles import ArticleId  # noqa: PLC0415

    with explained(interrupted=REMOVED_SO_FAR):
        settings = settings_for_corpus(context)
        with open_corpus(settings) as corpus:
            restored = corpus.restore(ArticleId(article_id))
            click.echo(f"restored {article_id}: {visible(restored.title)}")
            refresh(make_engine(settings, corpus).engine)
