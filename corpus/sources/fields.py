"""Fields: what may be stated of an article beside its text, and what is meant where one is misspelt; pure."""

from difflib import get_close_matches

#: Fields that may be stated of an article, one a line, such as `source: Orda.kz`.
FIELDS = ("title", "source", "author", "url", "published", "language")

#: Other words for them, which people write.
_OTHER_WORDS = {
    "title": ("headline", "заголовок", "название", "тақырып", "тақырыбы"),
    "source": ("publisher", "источник", "издание", "дереккөз", "дереккөзі"),
    "author": ("автор", "авторы"),
    "url": ("ulr", "uri", "link", "address", "ссылка", "адрес", "сілтеме", "мекенжай", "мекенжайы"),
    "published": ("date", "дата", "опубликовано", "күні", "жарияланды", "жарияланған"),
    "language": ("lang", "язык", "тіл", "тілі"),
}
_MEANT = {word: field for field, words in _OTHER_WORDS.items() for word in words}

#: From which likeness on (`difflib`) a word may be one of these, mistyped.
_ALIKE = 0.75


def meant_by(name: str) -> str | None:
    """Return which field a word may mean that is none, in small letters; None for most words."""
    if name in _MEANT:
        return _MEANT[name]
    return next(iter(get_close_matches(name, FIELDS, n=1, cutoff=_ALIKE)), None)
