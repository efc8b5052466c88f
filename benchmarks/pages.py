"""Compare ways to get an article out of its page, on pages made as news sites make theirs.

Usage: python benchmarks/pages.py [--errors]

Real pages are not ours to ship, and none was at hand when this was written. So the bundled briefs are put
into ten layouts that are common on news sites of the region and beyond (WordPress, a portal of divs and line
breaks, an old one of tables, AMP, an app's shell, a live page, a flash of one sentence, a state body), with
menus, adverts, links to other news between the paragraphs, captions, comments and a footer; into seven more
with what newsrooms put into the text itself (`newsrooms.py`); and four pages are no articles at all. Measured
are the article's sentences that could be quoted afterwards, exactly as they are (`found`), the share of what
could be quoted that is the article's (`clean`), and pages without an article that are taken for one
(`taken`). Libraries that are not installed are skipped.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from typing import TYPE_CHECKING, Any

from corpus.errors import InvalidArticle
from corpus.passages import split
from corpus.sources.fragments import text_of
from corpus.sources.webpage import parse_html
from layouts import Page, all_pages, first_sentence
from newsrooms import newsroom_pages

if TYPE_CHECKING:
    from corpus.languages import Language

#: From a page to its text, "" where there is no article.
Extractor = Callable[[str], str]


def ours(page: str) -> str:
    """Read as the bot does."""
    try:
        return str(parse_html(page.encode())["text"])
    except InvalidArticle:
        return ""


def with_trafilatura(**options: Any) -> Extractor:  # noqa: ANN401 (the library's options)
    """Read by trafilatura alone with other options, as long as it finds sentences."""

    def extract(page: str) -> str:
        import trafilatura  # noqa: PLC0415

        found = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True, **options)
        text = str(getattr(found, "text", None) or "")
        return text if re.search(r"[.!?…]", text) else ""

    return extract


def with_readability(page: str) -> str:
    """Read by trafilatura's copy of readability alone."""
    from lxml import html as pages  # noqa: PLC0415
    from trafilatura.readability_lxml import Document  # noqa: PLC0415

    return text_of(Document(pages.fromstring(page)).summary())


def with_justext(page: str) -> str:
    """Read by jusText with the stop words of all three languages it may meet."""
    import justext  # type: ignore[import-untyped]  # noqa: PLC0415

    words = justext.get_stoplist("English") | justext.get_stoplist("Russian") | justext.get_stoplist("Kazakh")
    kept = justext.justext(page.encode(), words)
    return "\n\n".join(one.text for one in kept if not one.is_boilerplate)


WAYS: dict[str, Extractor] = {
    "as the bot reads": ours,
    "trafilatura": with_trafilatura(),
    "  favor_precision": with_trafilatura(favor_precision=True),
    "  favor_recall": with_trafilatura(favor_recall=True),
    "  fast, no fallbacks": with_trafilatura(fast=True),
    "readability": with_readability,
    "jusText": with_justext,
    "all words of the page": text_of,
}


# Measures


@dataclass
class Tally:
    """What one way found over all pages; cutting into sentences is the same for all and in their seconds."""

    wanted: int = 0
    found: int = 0
    strange: int = 0
    taken: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        recall, kept = self.found / self.wanted, self.found + self.strange
        return f"{recall:8.3f}{self.found / kept if kept else 0:10.3f}{self.taken:8}{self.seconds:9.1f}"


def measure(extract: Extractor, pages: list[Page], *, show: bool) -> Tally:
    """Hold the sentences that would be quoted against those of the articles."""
    tally = Tally()
    began = time.perf_counter()
    for page in pages:
        text = extract(page.markup)
        if page.article is None:
            tally.taken += bool(text)
            continue
        whole = page.article.text
        wanted = _sentences(first_sentence(whole) if page.layout == "flash" else whole, page.article.language)
        got = _sentences(text, page.article.language)
        strange = [one for one in got if one not in wanted and one != page.article.title]
        lost = [one for one in wanted if one not in got]
        tally.wanted, tally.found = tally.wanted + len(wanted), tally.found + len(wanted) - len(lost)
        tally.strange += len(strange)
        if show and (strange or lost):
            print(f"    {page.layout}: lost {lost}, strange {strange}", file=sys.stderr)
    tally.seconds = time.perf_counter() - began
    return tally


def _sentences(text: str, language: Language) -> list[str]:
    return [" ".join(text[one.sentence.start : one.sentence.end].split()) for one in split(text, language)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--errors", action="store_true", help="show what is lost and what comes along")
    show = parser.parse_args().errors
    pages = [*all_pages(), *newsroom_pages()]
    for extract in WAYS.values():
        extract(pages[0].markup)  # loads what it needs
    print(f"{len(pages)} pages{'':18}found    clean   taken  seconds")
    for name, extract in WAYS.items():
        print(f"{name:27}{measure(extract, pages, show=show)}")


if __name__ == "__main__":
    main()
