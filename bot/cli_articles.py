"""Commands about articles: `add`, `articles`. Loads nothing heavy before one of them runs."""

import sys
from pathlib import Path

import click

from bot.explaining import FAILED, explained, print_json, settings_of

#: An article's number, as far as databases count.
ARTICLE_ID = click.IntRange(1, 2**63 - 1)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--title", help="For articles that should have another title than they say.")
@click.option("--source", help="Who published them.")
@click.option("--url", help="Where the article can be read (one article only).")
@click.option("--published", help="When, such as 2022-01-05 or 2022-01-05T14:30:00+06:00.")
@click.option("--language", type=click.Choice(["en", "ru", "kk"]), help="Told from the text without it.")
@click.pass_context
def add(context: click.Context, /, paths: tuple[Path, ...], **stated: str | None) -> None:
    """Add articles from files and folders (.txt, .md, .html, .jsonl); the index is up to date afterwards."""
    one = len(paths) == 1 and paths[0].is_file() and paths[0].suffix.lower() not in {".jsonl", ".ndjson"}
    if stated["url"] and not one:
        raise click.UsageError("--url is the address of one article, so give one file")
    from bot.adding import add_files  # noqa: PLC0415

    with explained():
        complete = add_files(settings_of(context), paths, {k: v for k, v in stated.items() if v})
        sys.exit(0 if complete else FAILED)


@click.group()
def articles() -> None:
    """List, show and remove articles."""


@articles.command("list")
@click.option("--json", "as_json", is_flag=True, callback=print_json, help="One JSON object a line.")
@click.pass_context
def list_articles(context: click.Context, *, as_json: bool) -> None:
    """List all articles, earliest first."""
    from bot import listing  # noqa: PLC0415
    from bot.composition import open_corpus  # noqa: PLC0415

    with explained(), open_corpus(settings_of(context)) as corpus:
        for revision in corpus.articles():
            write = listing.article_json_line if as_json else listing.article_line
            click.echo(write(revision))


@articles.command()
@click.argument("article_id", metavar="ID", type=ARTICLE_ID)
@click.pass_context
def show(context: click.Context, article_id: int) -> None:
    """Show one article with its whole text."""
    from bot import listing  # noqa: PLC0415
    from bot.composition import open_corpus  # noqa: PLC0415
    from corpus.articles import ArticleId  # noqa: PLC0415

    with explained(), open_corpus(settings_of(context)) as corpus:
        click.echo(listing.article_page(corpus.article(ArticleId(article_id))))


@articles.command()
@click.argument("article_id", metavar="ID", type=ARTICLE_ID)
@click.option("--because", default="removed by hand", show_default=True, help="The reason, for the record.")
@click.pass_context
def remove(context: click.Context, article_id: int, because: str) -> None:
    """Take an article out of all answers."""
    from bot.composition import make_engine, open_corpus, refresh  # noqa: PLC0415
    from bot.visible import visible  # noqa: PLC0415
    from corpus.articles import ArticleId  # noqa: PLC0415

    with explained():
        settings = settings_of(context)
        with open_corpus(settings) as corpus:
            removed = corpus.remove(ArticleId(article_id), because=because)
            click.echo(f"removed {article_id}: {visible(removed.title)}")
            refresh(make_engine(settings, corpus).engine)
