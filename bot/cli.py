"""The command line. Heavy libraries are loaded by the commands that need them: `--help` must be quick.

Commands about articles, feeds and the index are in modules beside this one.
"""

import io
import sys
from pathlib import Path
from typing import Any

import click

from bot import cli_articles, cli_feeds, cli_index
from bot.explaining import FAILED, explained, print_json, settings_of

#: A file of questions; bytes that are no UTF-8 spoil their own line at most.
QUESTIONS = click.File(encoding="utf-8-sig", errors="replace")


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


@main.command()
@click.argument("text", nargs=-1)
@click.option("--file", type=QUESTIONS, help="Questions, one a line; - is stdin.")
@click.option("--top", default=3, type=click.IntRange(1, 20), show_default=True, help="Passages at most.")
@click.option(
    "--json", "as_json", is_flag=True, callback=print_json, help="One JSON object a line (docs/json.md)."
)
@click.option("--why", is_flag=True, help="Show all passages that were looked at, with what was measured.")
@click.pass_context
def ask(context: click.Context, /, text: tuple[str, ...], file: Any, **form: Any) -> None:  # noqa: ANN401 (an open file)
    """Answer TEXT, or every line of a file, from the articles."""
    if bool(text) == bool(file):
        raise click.UsageError('give one question, such as: crisisbot ask "who was arrested?", or --file')
    from bot import asking  # noqa: PLC0415

    with explained():
        settings = settings_of(context)
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

    with explained(), open_engine(settings_of(context)) as parts:
        converse(Desk(parts.engine, parts.corpus))


@main.command()
@click.pass_context
def run(context: click.Context) -> None:
    """Run the Telegram bot."""
    from bot.running import run_bot  # noqa: PLC0415

    with explained():
        sys.exit(run_bot(settings_of(context)))


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
        evaluate_files(settings_of(context), files, **options)


@main.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check settings, database, index and model, and say what to do."""
    from bot.doctor import examine  # noqa: PLC0415

    with explained():
        sys.exit(0 if examine(settings_of(context)) else FAILED)


for command in (
    *(cli_articles.add, cli_articles.watch, cli_articles.articles, cli_feeds.feed),
    *(cli_index.sync, cli_index.index),
):
    main.add_command(command)
