"""Made-up articles, as many as one likes, and an encoder that takes no time; for measuring speed and size.

Articles are made of the sentences of this project's own news and briefs, with other names, numbers and words.
The number of different words grows with the text as it does in news agencies' (Heaps' law), each article
keeps to a few names of its own, and every tenth one is a copy of a recent one, as agencies' reports are.
"""

import bisect
import hashlib
import itertools
import json
import random
import re
import tempfile
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from corpus.articles import Article
from corpus.languages import Language
from corpus.passages import Passage, Span, split
from corpus.sources.files import read_bundled
from index.encoder import Encoded, SentenceEncoder, Vectors
from index.models import Model

NEWS = sorted((Path(__file__).parents[1] / "training" / "news").glob("en-*.jsonl"))

#: Different words of so many: 44 n^0.49 in a million reports of Reuters (Manning et al. 2008, section 5.1.1).
HEAPS_K, HEAPS_B = 44, 0.49

#: The sentences of an article, by paragraph.
PARAGRAPHS = (3, 3, 4)

#: Names of one article; the share of names and numbers, and of other longer words, that are exchanged.
CAST, OTHER_NAMES, OTHER_WORDS = 6, 0.8, 0.3

#: Articles of a day; one in so many is a copy of one of the latest.
A_DAY, COPIED, LATEST = 200, 10, 50

#: Made-up sentences that are encoded beside the real ones, and how many of all keep their word pieces.
ENCODED, WITH_PIECES = 8_000, 2_000

#: How much of a made-up vector comes from each of several real ones, give or take a half of `CHANCE`. So
#: made-up vectors lie like as many real ones: of about 7 dimensions (TwoNN, Facco et al. 2017,
#: https://doi.org/10.1038/s41598-017-11873-y; real 6.5), the nearest other one at .80 (real .77).
SHARES, CHANCE = (0.55, 0.3, 0.15), 0.2

_WORD = re.compile(r"\w+")
_NAME = re.compile(r"(?<!^)\b[A-Z][a-z]{3,}\b")
_CHANGED = re.compile(r"(?<!^)\b(?:[A-Z][a-z]{3,}|[a-z]{4,}|\d[\d,]*\d)\b")
_BEGINNINGS, _VOWELS = ("b", "dr", "f", "g", "h", "j", "kr", "l", "m", "n", "p", "st", "t", "v", "z"), "aeiou"
_ENDS = ("", "n", "r", "l", "s", "nd", "rk", "st", "m", "th")


@dataclass(frozen=True, slots=True)
class Made:
    """An article, and where its sentences are."""

    article: Article
    sentences: tuple[Passage, ...]


class Newsroom:
    """Makes articles, the same ones for the same seed and name."""

    def __init__(self, *, seed: int = 1, name: str = "made") -> None:
        self._drawn = random.Random(seed)  # noqa: S311 (not for secrets)
        self._name = name
        self._titles, self._sentences = _templates()
        words = Counter(word for sentence in self._sentences for word in _WORD.findall(sentence))
        self._known = {word.lower() for word in words}
        self._names = [name for name, _ in _names(self._sentences).most_common()]
        plain = {word: n for word, n in words.items() if word.islower() and len(word) >= 4}  # noqa: PLR2004
        self._plain: list[str] = list(plain)
        self._weights = [*itertools.accumulate(plain.values())]
        self._written = 0
        self._recent: deque[Made] = deque(maxlen=LATEST)

    def articles(self) -> Iterator[Made]:
        """Yield articles without end."""
        for number in itertools.count():
            made = self._copy(number) if number % COPIED == COPIED - 1 else self._article(number)
            self._recent.append(made)
            yield made

    def name(self) -> str:
        """Invent a name that no text has."""
        while True:
            syllables = self._drawn.randint(2, 3)
            name = "".join(
                self._drawn.choice(_BEGINNINGS) + self._drawn.choice(_VOWELS) for _ in range(syllables)
            )
            name += self._drawn.choice(_ENDS)
            if name not in self._known:
                self._known.add(name)
                return name.capitalize()

    def _article(self, number: int) -> Made:
        cast = [self._some_name() for _ in range(CAST)]
        drawn = self._drawn.choices(self._sentences, k=sum(PARAGRAPHS))
        sentences = [self._changed(sentence, cast) for sentence in drawn]
        title = self._changed(self._drawn.choice(self._titles), cast)
        self._written += sum(len(sentence.split()) for sentence in (title, *sentences))
        return self._made(number, title, sentences)

    def _copy(self, number: int) -> Made:
        """Print a recent report again: under another title, without its last sentence."""
        original = self._drawn.choice(self._recent)
        text = original.article.text
        kept = [text[one.sentence.start : one.sentence.end] for one in original.sentences[:-1]]
        copy = self._made(number, f"Agencies: {original.article.title}", kept)
        return replace(copy, article=replace(copy.article, published=original.article.published))

    def _made(self, number: int, title: str, sentences: Sequence[str]) -> Made:
        text, places = _text(sentences)
        article = Article(
            key=f"{self._name}-{number}",
            title=title,
            text=text,
            source=f"Source {self._drawn.randrange(50)}",
            language=Language.ENGLISH,
            obtained="benchmark",
            published=date(2022, 1, 1) + timedelta(days=number // A_DAY),
        )
        return Made(article, places)

    def _some_name(self) -> str:
        """Return a known name, the commonest most often, or a new one where there are too few words yet."""
        if len(self._known) < HEAPS_K * self._written**HEAPS_B:
            self._names.append(self.name())
            return self._names[-1]
        return self._names[int(len(self._names) * self._drawn.random() ** 2)]

    def _changed(self, sentence: str, cast: Sequence[str]) -> str:
        def other(found: re.Match[str]) -> str:
            word: str = found[0]
            if self._drawn.random() >= (OTHER_WORDS if word.islower() else OTHER_NAMES):
                return word
            if word[0].isdigit():
                return str(int(10 ** self._drawn.uniform(1, 4)))
            return self._drawn.choice(cast) if word[0].isupper() else self._word()

        return _CHANGED.sub(other, sentence)

    def _word(self) -> str:
        # By hand: `choices` adds the weights up at every call, or is slower where they are added up already.
        at = self._drawn.random() * self._weights[-1]
        return self._plain[bisect.bisect(self._weights, at)]


def _templates() -> tuple[list[str], list[str]]:
    """Return the titles and sentences of the news and briefs in English."""
    reports = [json.loads(line) for path in NEWS for line in path.read_text(encoding="utf-8").splitlines()]
    titles = [report["title"] for report in reports]
    sentences = [sentence for report in reports for sentence in report["sentences"]]
    for brief in read_bundled():
        if brief.language is Language.ENGLISH:
            titles.append(brief.title)
            sentences += [
                brief.text[one.sentence.start : one.sentence.end] for one in split(brief.text, brief.language)
            ]
    return titles, sentences


def _names(sentences: Sequence[str]) -> Counter[str]:
    return Counter(name for sentence in sentences for name in _NAME.findall(sentence))


def _text(sentences: Sequence[str]) -> tuple[str, tuple[Passage, ...]]:
    """Put sentences into paragraphs, and say where each is."""
    text, places, left = "", list[Passage](), list(sentences)
    for size in PARAGRAPHS:
        some, left = left[:size], left[size:]
        if not some:
            break
        start = len(text) + (2 if text else 0)
        paragraph = Span(start, start + len(" ".join(some)))
        for sentence in some:
            places.append(Passage(Span(start, start + len(sentence)), paragraph))
            start += len(sentence) + 1
        text += ("\n\n" if text else "") + " ".join(some)
    return text, tuple(places)


@dataclass(frozen=True, slots=True)
class Pool:
    """What the real model computed of some sentences: vectors, (n, d), and word pieces of the first ones."""

    vectors: Vectors
    pieces: NDArray[np.float16]
    ends: NDArray[np.int64]

    @classmethod
    def read(cls, model: Model, folder: Path, *, made: int = ENCODED) -> Self:
        """Read what was encoded before; encode it, which takes minutes, where there is nothing yet."""
        name = hashlib.sha256(f"{model.identity} {made}".encode()).hexdigest()[:16]
        path = folder / f"pool-{name}.npz"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, suffix=".npz", delete=False) as aside:
                np.savez(aside, **_encoded(model, made))  # type: ignore[arg-type] # its own options are booleans
            Path(aside.name).replace(path)
        with np.load(path) as arrays:
            return cls(arrays["vectors"], arrays["pieces"], arrays["ends"])

    def mixtures(self, seeds: Sequence[bytes]) -> Vectors:
        """Mix some vectors, the same ones for the same 16 bytes, (len(seeds), d)."""
        numbers = np.frombuffer(b"".join(seeds), dtype="<u4").reshape(-1, 4).astype(np.int64)
        shares = np.array(SHARES, dtype=np.float32) + np.float32(CHANCE) * (
            (numbers[:, 3:] >> np.array([0, 8, 16])) % 256 / np.float32(256) - np.float32(0.5)
        )
        rows = self.vectors[numbers[:, :3] % len(self.vectors)]
        mixed = np.einsum("ns,nsd->nd", shares.astype(np.float32), rows)
        return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)

    def pieces_of(self, number: int) -> Vectors:
        """Return the vectors of the word pieces of one of the sentences, (t, d)."""
        row = number % len(self.ends)
        start = int(self.ends[row - 1]) if row else 0
        return self.pieces[start : int(self.ends[row])].astype(np.float32)


def _encoded(model: Model, made: int) -> dict[str, NDArray[np.generic]]:
    _, sentences = _templates()
    articles = Newsroom(seed=3).articles()
    paragraphs = [sentences[first : first + 3] for first in range(0, len(sentences), 3)]
    while sum(map(len, paragraphs)) < len(sentences) + made:
        one = next(articles)
        found: dict[Span, list[str]] = {}
        for place in one.sentences:
            sentence = one.article.text[place.sentence.start : place.sentence.end]
            found.setdefault(place.paragraph, []).append(sentence)
        paragraphs += found.values()
    encoder = SentenceEncoder(model)
    rows = [row for read in encoder.encode_passages(paragraphs) for row in read]
    with_pieces = rows[:WITH_PIECES]
    return {
        "vectors": np.array([row.vector for row in rows]),
        "pieces": np.concatenate([row.tokens for row in with_pieces]).astype(np.float16),
        "ends": np.cumsum([len(row.tokens) for row in with_pieces]),
    }


class CheapEncoder(SentenceEncoder):
    """The real model for questions; for passages mixtures of what it once computed of others.

    It has the real one's identity, so that what it kept is of use to a process with the real one. The
    mixtures lie among the real vectors as these do, so approximate search finds as much among them.
    """

    def __init__(self, model: Model, pool: Pool) -> None:
        super().__init__(model)
        self._pool = pool

    def encode_passages(self, paragraphs: Sequence[Sequence[str]]) -> list[list[Encoded]]:
        """Mix vectors by the hashes of the sentences."""
        seeds = [[_seed(sentence) for sentence in paragraph] for paragraph in paragraphs]
        vectors = iter(self._pool.mixtures([seed for some in seeds for seed in some]))
        return [
            [self._encoded(sentence, seed, next(vectors)) for sentence, seed in zip(*both, strict=True)]
            for both in zip(paragraphs, seeds, strict=True)
        ]

    def _encoded(self, sentence: str, seed: bytes, vector: Vectors) -> Encoded:
        pieces = self._pool.pieces_of(int.from_bytes(seed[:4], "little"))
        bounds = np.linspace(0, len(sentence), len(pieces) + 1).astype(np.int64)
        return Encoded(vector, pieces, np.stack([bounds[:-1], bounds[1:]], axis=1))


def _seed(sentence: str) -> bytes:
    return hashlib.blake2b(sentence.encode(), digest_size=16).digest()


def cache_folder() -> Path:
    """Return where what takes long to make is kept between runs, outside of the project."""
    return Path(tempfile.gettempdir(), "crisisbot-benchmarks")
