"""Made-up articles, and what the tests of the index ask of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.articles import Article
from corpus.languages import Language
from index.confidence import read_calibration

if TYPE_CHECKING:
    from corpus.store import Corpus

#: Shows whatever is found, so that a test of finding does not depend on how the thresholds were fitted.
SHOW_ALL = replace(read_calibration(), answered=1e-9, closest=1e-9)

ARREST = "Police arrested the former mayor on Friday."
BRIDGE = "The old bridge over the river was closed."
PRICES = "Bread prices doubled within a week."
RUSSIAN = "Полиция задержала бывшего мэра."
KAZAKH = "Полиция бұрынғы әкімді ұстады."


def article(key: str, text: str, *, title: str = "News", language: Language = Language.ENGLISH) -> Article:
    """Make an article of sentences; each line of the text is a paragraph."""
    return Article(key=key, title=title, text=text, source="Test", language=language, obtained="test")


def put(
    corpus: Corpus, key: str, *sentences: str, title: str = "News", language: Language = Language.ENGLISH
) -> None:
    """Store an article of one paragraph."""
    corpus.put(article(key, " ".join(sentences), title=title, language=language))


def remove(corpus: Corpus, key_title: str) -> None:
    """Remove the article with this title."""
    found = next(revision for revision in corpus.articles() if revision.title == key_title)
    corpus.remove(found.article_id, because="test")


def sentences(corpus: Corpus) -> set[str]:
    """Return the sentences of all current articles."""
    return {text.sentence for text in corpus.passage_texts(corpus.passage_ids())}
