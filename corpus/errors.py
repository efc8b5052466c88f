"""What can go wrong with the corpus.

CorpusError
├── InvalidArticle        a raw article lacks something or holds something impossible
├── UnreadableSource      a file or folder cannot be read as articles
├── UnknownArticle        no article has that id
├── UnknownFeed           no feed has that id or URL
├── FetchFailed           a page or feed cannot be had now
│   └── FetchRefused      its address, size or robots.txt forbids to fetch it, now or later
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


class UnknownFeed(CorpusError):
    """No feed has that id or URL."""


class FetchFailed(CorpusError):
    """A page or feed cannot be had now; the message names it and says why.

    `status` is the HTTP status, where there was one; `retry_after_s` the seconds to wait that the server
    named.
    """

    def __init__(
        self, message: str, *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s


class FetchRefused(FetchFailed):
    """A page or feed is not fetched, now or later: its address, size or robots.txt forbid it."""


class DatabaseUnavailable(CorpusError):
    """The database cannot be opened, migrated or reached; the message says what to check."""
