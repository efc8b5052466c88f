"""Catalogue: translations, plurals, and dates as people write them there. The only module that knows Babel.

Translations are read from the `.po` files as they are: forty sentences need no compiled form.
"""

import functools
import io
from datetime import datetime
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from corpus.articles import Published
from corpus.languages import Language

#: How dates are written out; "long" is the language's own way.
DATE_FORMATS = {Language.ENGLISH: "d MMMM y", Language.RUSSIAN: "long", Language.KAZAKH: "long"}

#: Languages that the bot speaks; others are answered in English.
SPOKEN = (Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH)


class Messages:
    """The bot's sentences in one language."""

    def __init__(self, language: Language, translations: NullTranslations) -> None:
        self.language = language
        self._translations = translations

    def say(self, sentence: str, **values: object) -> str:
        """Translate a sentence, then fill in its {values}."""
        return self._translations.gettext(sentence).format(**values)

    def say_many(self, one: str, many: str, number: int, **values: object) -> str:
        """Translate a sentence about a number of things; {number} is filled in, and {values}."""
        return self._translations.ngettext(one, many, number).format(number=number, **values)

    def date(self, published: Published | None) -> str:
        """Write a date out; a moment is given as the day in its own zone."""
        if published is None:
            return self.say("no date given")
        day = published.date() if isinstance(published, datetime) else published
        return format_date(day, DATE_FORMATS[self.language], locale=self.language)


def messages_for(language: str | None) -> Messages:
    """Return the bot's sentences in a language given by its code ("ru", "ru-RU"), or else in English."""
    code = (language or "").lower().partition("-")[0]
    spoken = Language(code) if code in SPOKEN else Language.ENGLISH
    return _read(spoken)


@functools.cache
def _read(language: Language) -> Messages:
    if language is Language.ENGLISH:
        return Messages(language, NullTranslations())
    path = Path(__file__).with_name(f"{language}.po")
    with path.open("rb") as file:
        catalogue = read_po(file, locale=str(language))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Messages(language, GNUTranslations(compiled))
