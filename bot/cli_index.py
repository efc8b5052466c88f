"""Commands about the index: `sync`. Loads nothing heavy before one of them runs."""

import click

from bot.explaining import explained, settings_of


@click.command()
@click.pass_context
def sync(context: click.Context) -> None:
    """Make the index equal to the articles, and whole; does nothing where it is already."""
    from bot.composition import make_engine, open_corpus, refresh  # noqa: PLC0415

    with explained():
        settings = settings_of(context)
        with open_corpus(settings) as corpus:
            report = refresh(make_engine(settings, corpus).engine, closely=True)
        click.echo(
            f"{report.added} passages added, {report.removed} removed, {report.kept} kept; "
            f"{report.encoded} sentences encoded"
        )
