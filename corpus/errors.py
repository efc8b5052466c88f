"""What can go wrong with the corpus.

CorpusError
├── InvalidArticle        a raw article lacks something or holds something impossible
├── UnreadableSource      a file or folder cannot be read as articles
├── UnknownArticle        no article has that id
└── DatabaseUnavailable   the database cannot be opened, migrated or reached
"""


class CorpusError(Exception):
    """The root: whatever the corpus raises on purpose is one of these."""


class InvalidArticle(CorpusError):
    """A raw article lacks something or holds something impossible; the message says what."""


class UnreadableSource(CorpusError):
    """A file or folder cannot be read as articles; the message names it and says why."""


class UnknownArticle(CorpusError):
    """No article has that id."""


class DatabaseUnavailable(CorpusError):
    """The database cannot be opened, migrated or reached; the message says what to check."""
