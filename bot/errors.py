"""What can go wrong with talking.

BotError
├── InvalidSetting   a variable of the environment holds something impossible
└── NoCorpus         a command needs a corpus where there never was one
"""


class BotError(Exception):
    """The root: whatever the bot raises on purpose is one of these."""


class InvalidSetting(BotError):
    """A variable of the environment holds something impossible; the message names it and the way out."""


class NoCorpus(BotError):
    """A command needs a corpus where there never was one; the message names the place and the way out."""
