"""Commands about the index: `sync`, `index`. Loads nothing heavy before one of them runs."""

import sys

import click

from bot.explaining import FAILED, explained, print_json, settings_for_corpus


@click.command()
@click.option("--follow", is_flag=True, help="Go on: index whatever is added, until interrupted.")
@click.option("--rebuild", is_flag=True, help="Build it anew beside the one in use; switch if it is good.")
@click.option("--tied", is_flag=True, hidden=True, help="End with standard input; give way to others.")
@click.pass_context
def sync(context: click.Context, *, follow: bool, rebuild: bool, tied: bool) -> None:
    """Make the index equal to the articles, and whole; does nothing where it is already."""
    if follow and rebuild:
        raise click.UsageError("--rebuild ends, and --follow goes on: give one of them")
    from bot import indexing  # noqa: PLC0415

    with explained(
        interrupted="the index in use stays, what was encoded is kept, and the same command goes on"
    ):
        settings = settings_for_corpus(context)
        if follow:
            from bot.following import follow as go_on  # noqa: PLC0415

            go_on(settings, tied=tied)
        elif rebuild:
            indexing.rebuild(settings)
        else:
            indexing.sync(settings)


@click.group()
def index() -> None:
    """List, verify and exchange generations of the index."""


@index.command("list")
@click.option("--json", "as_json", is_flag=True, callback=print_json, help="One JSON object a line.")
@click.pass_context
def list_generations(context: click.Context, *, as_json: bool) -> None:
    """List all generations, oldest first; * marks the one in use."""
    from bot import indexing  # noqa: PLC0415

    with explained():
        indexing.list_generations(settings_for_corpus(context), as_json=as_json)


@index.command()
@click.argument("name", required=False)
@click.pass_context
def verify(context: click.Context, name: str | None) -> None:
    """Read all of a generation, the one in use without NAME, and compare it with its checksums."""
    from bot import indexing  # noqa: PLC0415

    with explained():
        sys.exit(0 if indexing.verify(settings_for_corpus(context), name) else FAILED)


@index.command()
@click.argument("name", required=False)
@click.pass_context
def rollback(context: click.Context, name: str | None) -> None:
    """Go back to an older generation: the last one before the latest rebuild, or else the one before.

    NAME takes any other one, also a newer one again.
    """
    from bot import indexing  # noqa: PLC0415

    with explained():
        indexing.roll_back(settings_for_corpus(context), name)
