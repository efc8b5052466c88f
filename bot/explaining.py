"""Explaining: errors as one kind line and the right exit code, for all commands; loads nothing heavy."""

import errno
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.errors import BotError, NoCorpus
from bot.signals import interrupts_kept

if TYPE_CHECKING:
    from bot.settings import Settings

#: Exit codes: something asked for could not be done; the command, a setting or a question was wrong.
FAILED, WRONG = 1, 2

#: Commands that run for long and tell of it in log lines.
LONG_RUNNING = frozenset({"run", "watch", "poll", "sync"})

#: What to do about what the system refuses. Articles are stored before they are indexed.
WAYS_OUT = {
    errno.ENOSPC: "make room on its disk; articles that are stored stay, and `crisisbot sync` indexes them",
    errno.EDQUOT: "raise the quota; articles that are stored stay, and `crisisbot sync` indexes them",
    errno.EROFS: "its disk takes no changes; make it writable, or choose another folder by --data",
    errno.EACCES: "let this user read and write it",
}


@contextmanager
def explained(*, interrupted: str = "") -> Iterator[None]:
    """Turn errors that we raise on purpose into one kind line and the right exit code.

    `interrupted`: what is said at Ctrl-C of what is kept, and of how to go on.
    """
    from corpus.errors import CorpusError, UnknownArticle, UnknownFeed  # noqa: PLC0415 (not for --help)
    from index.errors import InvalidQuestion, InvalidQuestions, RetrievalError, UnknownGeneration  # noqa: PLC0415

    try:
        with interrupts_kept():
            yield
    except (
        BotError,
        InvalidQuestion,
        InvalidQuestions,
        UnknownArticle,
        UnknownFeed,
        UnknownGeneration,
    ) as error:
        _fail(str(error), WRONG)
    except (CorpusError, RetrievalError) as error:
        _fail(str(error), FAILED)
    except BrokenPipeError:
        raise  # whoever read our output has enough; Click ends without a word
    except OSError as error:
        _fail(_of_the_system(error), FAILED)
    except KeyboardInterrupt:
        _fail("; ".join(["interrupted", *([interrupted] if interrupted else [])]), FAILED)


def _of_the_system(error: OSError) -> str:
    what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    return "; ".join([what, *([WAYS_OUT[error.errno]] if error.errno in WAYS_OUT else [])])


def _fail(message: str, code: int) -> None:
    from bot.visible import visible  # noqa: PLC0415 (not for --help)

    lines = map(visible, message.split("\n"))  # messages repeat what others wrote: reasons, names of files
    click.echo("crisisbot: " + "\n".join(lines), err=True)
    sys.exit(code)


def settings_of(context: click.Context) -> "Settings":
    """Read the settings for a command, and start its log."""
    from bot.logs import start_logging  # noqa: PLC0415
    from bot.settings import Settings  # noqa: PLC0415

    settings = Settings.read(data=context.obj)
    is_long = context.command.name in LONG_RUNNING
    start_logging(settings.log_level if is_long else "WARNING", progress=settings.log_level)
    return settings


def settings_for_corpus(context: click.Context) -> "Settings":
    """Read the settings for a command that is of use only where there is a corpus already.

    Raises:
        NoCorpus: when somebody named a place where there never was one; a slip would begin another one there.
    """
    settings = settings_of(context)
    insist_on_corpus(settings)
    return settings


def insist_on_corpus(settings: "Settings") -> None:
    """Raise NoCorpus where there never was one."""
    from bot.visible import visible  # noqa: PLC0415 (not for --help)

    if (missing := settings.missing_corpus()) is not None:
        raise NoCorpus(
            f"there is no corpus in {visible(str(missing))}; look at the name (--data, CRISISBOT_DATA, "
            "DATABASE_URL), or begin one there: `crisisbot add`, "
            "`watch`, `feed add`, `ask`, `chat` and `run` do"
        )


def print_json(_context: click.Context, _option: click.Parameter, wanted: bool) -> bool:  # noqa: FBT001 (click's)
    """Write UTF-8 whatever the locale: JSON is nothing else (RFC 8259, section 8.1)."""
    if wanted and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    return wanted
