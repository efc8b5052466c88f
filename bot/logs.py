"""Logs: to standard error, with no token, no question and no name in them."""

import logging
import re
import sys

#: A bot's token, plain or as in a URL.
_TOKEN = re.compile(r"\d{6,}(?::|%3A)[\w-]{30,}", re.IGNORECASE)

#: Libraries that tell at these levels what people wrote, or the token.
_TALKATIVE = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "telegram": logging.INFO,
    "telegram.ext": logging.INFO,
    "sqlalchemy": logging.WARNING,
    "alembic": logging.WARNING,
    "sentence_transformers": logging.WARNING,
    "transformers": logging.ERROR,
    "faiss": logging.WARNING,
    "trafilatura": logging.CRITICAL,
    "htmldate": logging.CRITICAL,
}


class Redacting(logging.Formatter):
    """Takes tokens out of whatever is written, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record without tokens."""
        return _TOKEN.sub("[token]", super().format(record))


def start_logging(level: str, *, progress: str | None = None) -> None:
    """Log to standard error from here on; what `bot.progress` tells, from a level of its own on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name, quietest in _TALKATIVE.items():
        logging.getLogger(name).setLevel(max(quietest, logging.getLevelNamesMapping()[level]))
    logging.getLogger("bot.progress").setLevel(progress or level)
