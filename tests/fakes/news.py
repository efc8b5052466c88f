"""Made-up articles, and what the tests of the index ask of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from corpus.articles import Article, ArticleId, Revision, RevisionId
from corpus.languages import Language
from corpus.passages import Span
from corpus.stored import PassageId
from index.answers import Evidence
from index.confidence import Calibration, Evidenced, read_calibration
from index.fusion import Profile, Weights
from index.signals import Signal

if TYPE_CHECKING:
    from corpus.store import Corpus

#: The least probability that a calibration can tell from none.
ANY = 1e-9


def showing_all(fitted: Calibration) -> Calibration:
    """Show whatever is found, and call it an answer, but what comes in another language than the question."""
    return Calibration(
        {
            by: replace(model, answered=model.answered if by is Evidenced.FOREIGN else ANY, closest=ANY)
            for by, model in fitted.models.items()
        }
    )


#: A test of finding does not depend on how the thresholds were fitted.
SHOW_ALL = showing_all(read_calibration())

#: Nor on how the weights were.
WEIGHTS = Weights(
    {
        profile: {
            Signal.COSINE: 0.5,
            Signal.PARAGRAPH_COSINE: 0.25,
            Signal.WORDS: 0.5,
            Signal.PARAGRAPH_WORDS: 0.25,
            Signal.MEANINGS: 0.5,
            Signal.LATE: 0.5,
            Signal.READER: 0.5,
        }
        for profile in Profile
    },
    foreign=-0.5,
)

ARREST = "Police arrested the former mayor on Friday."
BRIDGE = "The old bridge over the river was closed."
PRICES = "Bread prices doubled within a week."
RUSSIAN = "Полиция задержала бывшего мэра."
KAZAKH = "Полиция бұрынғы әкімді ұстады."
FRENCH = "La police a arrêté l'ancien maire."


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


def evidence(
    quote: str,
    *,
    before: str = "",
    after: str = "",
    number: int = 1,
    article_id: int = 1,
    language: Language = Language.ENGLISH,
) -> Evidence:
    """Make evidence of a sentence and its neighbours, with the number of its passage."""
    text = " ".join(part for part in (before, quote, after) if part)
    start = len(before) + 1 if before else 0
    sentence = Span(start, start + len(quote))
    revision = Revision(
        id=RevisionId(article_id),
        article_id=ArticleId(article_id),
        number=1,
        title="News",
        text=text,
        source="Test",
        author=None,
        url=None,
        published=None,
        language=language,
        obtained="test",
        seen_at=datetime(2022, 1, 6, tzinfo=UTC),
    )
    spans = (Span(0, max(0, start - 1)), sentence, Span(min(sentence.end + 1, len(text)), len(text)))
    around = tuple(span for span in spans if span.start < span.end)
    return Evidence(PassageId(number), revision, number, sentence, around)
