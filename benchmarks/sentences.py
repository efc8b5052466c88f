"""Compare sentence splitters on a hand-written gold set.

Usage: python benchmarks/sentences.py [--part all|seen|held-back] [--errors]

Every third text is held back: the repairs in corpus/sentences.py were made without looking at it.
Libraries that are not installed are skipped. Each gets the text line by line, as the bot's own splitter does.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from corpus import passages
from corpus.languages import Language

if TYPE_CHECKING:
    from types import ModuleType

LANGUAGES = (Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH)
PARTS = {"all": (0, 1, 2), "seen": (0, 1), "held-back": (2,)}
Splitter = Callable[[str, Language], list[str]]


@dataclass(frozen=True, slots=True)
class Gold:
    """A text and the sentences a person sees in it."""

    text: str
    sentences: tuple[str, ...]


def read_gold(language: Language, part: str) -> list[Gold]:
    """Read one language's texts, or the seen or held-back part of them."""
    path = Path(__file__).parent / "sentences" / f"{language}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    gold = [Gold(row["text"], tuple(row["sentences"])) for row in rows]
    return [text for number, text in enumerate(gold) if number % 3 in PARTS[part]]


def boundaries(pieces: list[str] | tuple[str, ...]) -> set[int]:
    """Say where pieces end inside the text, counted in characters that are not white space."""
    ends = list(accumulate(len("".join(piece.split())) for piece in pieces))
    return {end for end in ends if 0 < end < ends[-1]}


def by_line(splitter: Splitter, text: str, language: Language) -> list[str]:
    """Give a splitter one line at a time."""
    return [piece for line in text.split("\n") for piece in splitter(line, language)]


def split_ours(text: str, language: Language) -> list[str]:
    """Split as the bot does: sentencex and our rules."""
    return [text[p.sentence.start : p.sentence.end] for p in passages.split(text, language)]


def splitters() -> Iterator[tuple[str, Splitter]]:
    """Yield each way of splitting that can be imported here."""
    yield "ours", split_ours
    for module, adapt in LIBRARIES.items():
        package = module.partition(".")[0]
        try:
            splitter = adapt(importlib.import_module(module))
        except ImportError:
            print(f"{package}: not installed, skipped")
        else:
            yield f"{package} {importlib.metadata.version(package)}", splitter


def adapt_sentencex(sentencex: ModuleType) -> Splitter:
    """Use sentencex alone."""
    return lambda text, language: list(sentencex.segment(str(language), text))


def adapt_pysbd(pysbd: ModuleType) -> Splitter:
    """Use pysbd, a segmenter for each language."""
    segmenters = {language: pysbd.Segmenter(language=str(language), clean=False) for language in LANGUAGES}
    return lambda text, language: list(segmenters[language].segment(text))


def adapt_uniseg(sentencebreak: ModuleType) -> Splitter:
    """Use uniseg, the plain rules of Unicode's annex 29."""
    return lambda text, _: list(sentencebreak.sentences(text))


def adapt_blingfire(blingfire: ModuleType) -> Splitter:
    """Use blingfire, which knows no languages."""
    return lambda text, _: str(blingfire.text_to_sentences(text)).split("\n")


def adapt_syntok(segmenter: ModuleType) -> Splitter:
    """Use syntok, which knows no Russian or Kazakh."""

    def split(text: str, _: Language) -> list[str]:
        found = (sentence for paragraph in segmenter.process(text) for sentence in paragraph)
        return ["".join(token.spacing + token.value for token in sentence) for sentence in found]

    return split


def adapt_razdel(razdel: ModuleType) -> Splitter:
    """Use razdel, made for Russian."""
    return lambda text, _: [found.text for found in razdel.sentenize(text)]


def adapt_nupunkt(nupunkt: ModuleType) -> Splitter:
    """Use nupunkt, made for English law."""
    return lambda text, _: list(nupunkt.sent_tokenize(text))


def adapt_spacy(spacy: ModuleType) -> Splitter:
    """Use spaCy's sentencizer, its rules without a model; it has none of its own for Kazakh."""
    pipes = {
        language: spacy.blank("xx" if language is Language.KAZAKH else str(language))
        for language in LANGUAGES
    }
    for pipe in pipes.values():
        pipe.add_pipe("sentencizer")
    return lambda text, language: [found.text for found in pipes[language](text).sents]


LIBRARIES: dict[str, Callable[[ModuleType], Splitter]] = {
    "sentencex": adapt_sentencex,
    "pysbd": adapt_pysbd,
    "uniseg.sentencebreak": adapt_uniseg,
    "blingfire": adapt_blingfire,
    "syntok.segmenter": adapt_syntok,
    "razdel": adapt_razdel,
    "nupunkt": adapt_nupunkt,
    "spacy": adapt_spacy,
}


def measure(splitter: Splitter, gold: list[Gold], language: Language, *, errors: bool) -> str:
    """Give precision, recall and F1 of the boundaries inside texts."""
    right = found = wanted = 0
    for text in gold:
        have = boundaries(by_line(splitter, text.text, language))
        want = boundaries(text.sentences)
        right, found, wanted = right + len(have & want), found + len(have), wanted + len(want)
        if errors and have != want:
            print(f"   {' | '.join(by_line(splitter, text.text, language))}")
    precision, recall = right / max(found, 1), right / max(wanted, 1)
    return f"{precision:.3f} {recall:.3f} {2 * precision * recall / max(precision + recall, 1e-9):.3f}"


def speed(splitter: Splitter, language: Language) -> float:
    """Give characters a second over the language's texts, after a first pass to warm up."""
    texts = [text.text for text in read_gold(language, "all")]
    passes = 4
    for text in texts:
        by_line(splitter, text, language)
    start = time.perf_counter()
    for text in texts * passes:
        by_line(splitter, text, language)
    return passes * sum(map(len, texts)) / (time.perf_counter() - start)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, default="all")
    parser.add_argument("--errors", action="store_true", help="show the texts that were cut otherwise")
    parser.add_argument("--only", default="", help="only splitters with a name that begins so")
    options = parser.parse_args()
    for name, splitter in splitters():
        if not name.startswith(options.only):
            continue
        for language in LANGUAGES:
            numbers = measure(splitter, read_gold(language, options.part), language, errors=options.errors)
            print(f"{name:20} {language} {numbers} {speed(splitter, language):12,.0f} characters/s")


if __name__ == "__main__":
    main()
