"""What can go wrong with talking.

BotError
└── InvalidSetting   a variable of the environment holds something impossible
"""


class BotError(Exception):
    """The root: whatever the bot raises on purpose is one of these."""


class InvalidSetting(BotError):
    """A variable of the environment holds something impossible; the message names it and the way out."""
