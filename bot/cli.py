"""The command line. Heavy libraries are loaded by the commands that need them: `--help` must be quick."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.errors import BotError

if TYPE_CHECKING:
    from bot.settings import Settings

#: Exit codes: something asked for could not be done; the command, a setting or a question was wrong.
FAILED, WRONG = 1, 2

#: A file of questions; bytes that are no UTF-8 spoil their own line at most.
QUESTIONS = click.File(encoding="utf-8-sig", errors="replace")

#: An article's number, as far as databases count.
ARTICLE_ID = click.IntRange(1, 2**63 - 1)


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors that we raise on purpose into one kind line and the right exit code."""
    from corpus.errors import CorpusError, UnknownArticle  # noqa: PLC0415 (not for --help)
    from index.errors import InvalidQuestion, InvalidQuestions, RetrievalError  # noqa: PLC0415

    try:
        yield
    except (BotError, InvalidQuestion, InvalidQuestions, UnknownArticle) as error:
        _fail(str(error), WRONG)
    except (CorpusError, RetrievalError) as error:
        _fail(str(error), FAILED)
    except BrokenPipeError:
        raise  # whoever read our output has enough; Click ends without a word
    except OSError as error:
        _fail(f"{error.filename or 'a file'}: {error.strerror or error}", FAILED)


def _fail(message: str, code: int) -> None:
    click.echo(f"crisisbot: {message}", err=True)
    sys.exit(code)


def _settings(context: click.Context) -> "Settings":
    from bot.logs import start_logging  # noqa: PLC0415
    from bot.settings import Settings  # noqa: PLC0415

    settings = Settings.read(data=context.obj)
    start_logging(settings.log_level if context.command.name == "run" else "WARNING")
    return settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder in which everything lives. [env: CRISISBOT_DATA; default: a per-user data folder]",
)
@click.version_option(package_name="crisisbot")
@click.pass_context
def main(context: click.Context, data: Path | None) -> None:
    """Answer questions about a crisis with cited sentences from news articles."""
    context.obj = data
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # an old locale lacks letters; that is no reason to fail
            stream.reconfigure(errors="backslashreplace")


def _print_json(_context: click.Context, _option: click.Parameter, wanted: bool) -> bool:  # noqa: FBT001 (click's)
    """Write UTF-8 whatever the locale: JSON is nothing else (RFC 8259, section 8.1)."""
    if wanted and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return wanted


@main.command()
@click.argument("text", nargs=-1)
@click.option("--file", type=QUESTIONS, help="Questions, one a line; - is stdin.")
@click.option("--top", default=3, type=click.IntRange(1, 20), show_default=True, help="Passages at most.")
@click.option(
    "--json", "as_json", is_flag=True, callback=_print_json, help="One JSON object a line (docs/json.md)."
)
@click.option("--why", is_flag=True, help="Show all passages that were looked at, with what was measured.")
@click.pass_context
def ask(context: click.Context, /, text: tuple[str, ...], file: Any, **form: Any) -> None:  # noqa: ANN401 (an open file)
    """Answer TEXT, or every line of a file, from the articles."""
    if bool(text) == bool(file):
        raise click.UsageError('give one question, such as: crisisbot ask "who was arrested?", or --file')
    from bot import asking  # noqa: PLC0415

    with explained():
        settings = _settings(context)
        if file is None:
            asking.ask_one(settings, " ".join(text), asking.Form(**form))
        elif not asking.ask_all(settings, file, asking.Form(**form)):
            sys.exit(FAILED)


@main.command()
@click.pass_context
def chat(context: click.Context) -> None:
    """Talk as in Telegram, here in the terminal, without a token."""
    from bot.chat import converse  # noqa: PLC0415
    from bot.composition import open_engine  # noqa: PLC0415
    from bot.desk import Desk  # noqa: PLC0415

    with explained(), open_engine(_settings(context)) as parts:
        converse(Desk(parts.engine, parts.corpus))


@main.command()
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
        complete = add_files(_settings(context), paths, {k: v for k, v in stated.items() if v})
        sys.exit(0 if complete else FAILED)


@main.group()
def articles() -> None:
    """List, show and remove articles."""


@articles.command("list")
@click.option("--json", "as_json", is_flag=True, callback=_print_json, help="One JSON object a line.")
@click.pass_context
def list_articles(context: click.Context, *, as_json: bool) -> None:
    """List all articles, earliest first."""
    from bot import listing  # noqa: PLC0415
    from bot.composition import open_corpus  # noqa: PLC0415

    with explained(), open_corpus(_settings(context)) as corpus:
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

    with explained(), open_corpus(_settings(context)) as corpus:
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
        settings = _settings(context)
        with open_corpus(settings) as corpus:
            removed = corpus.remove(ArticleId(article_id), because=because)
            click.echo(f"removed {article_id}: {visible(removed.title)}")
            refresh(make_engine(settings, corpus).engine)


@main.command()
@click.pass_context
def sync(context: click.Context) -> None:
    """Make the index equal to the articles, and whole; does nothing where it is already."""
    from bot.composition import make_engine, open_corpus, refresh  # noqa: PLC0415

    with explained():
        settings = _settings(context)
        with open_corpus(settings) as corpus:
            report = refresh(make_engine(settings, corpus).engine, closely=True)
        click.echo(
            f"{report.added} passages added, {report.removed} removed, {report.kept} kept; "
            f"{report.encoded} sentences encoded"
        )


@main.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Run the Telegram bot."""
    from bot.running import run_bot  # noqa: PLC0415

    with explained():
        sys.exit(run_bot(_settings(context)))


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--leave-out",
    default=0.0,
    type=click.FloatRange(0, 1, max_open=True),
    metavar="SHARE",
    help="Leave this share of the articles out: their questions have no answer.",
)
@click.option("--seed", default=1, show_default=True, help="Which ones, and which questions of --limit.")
@click.option("--limit", type=click.IntRange(1), help="Questions of each file at most, drawn at random.")
@click.option(
    "--json",
    "write_json",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write all of it there, too.",
)
@click.pass_context
def evaluate(context: click.Context, /, files: tuple[Path, ...], **options: Any) -> None:  # noqa: ANN401 (the options)
    """Ask questions of FILEs in SQuAD's format, each of its own articles; say how good the answers are."""
    from bot.evaluating import evaluate_files  # noqa: PLC0415

    with explained():
        evaluate_files(_settings(context), files, **options)


@main.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check settings, database, index and model, and say what to do."""
    from bot.doctor import examine  # noqa: PLC0415

    with explained():
        sys.exit(0 if examine(_settings(context)) else FAILED)
