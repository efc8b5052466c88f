"""`python -m bot` is `crisisbot`."""

from bot.cli import main

main(prog_name="crisisbot")
