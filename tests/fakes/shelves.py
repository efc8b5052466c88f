"""Passages, and shelves of them in memory, of one part, as an index has them that was built at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from corpus.languages import Language
from corpus.stored import PassageText, passage_id
from index.parts import Kept, Living, Part
from index.shelves import Shelf
from index.tokens import PLACE
from tests.fakes.encoder import vector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.encoder import Vectors

__all__ = ["Kept", "kept", "shelf_of", "text"]


def shelf_of(texts: Sequence[PassageText], kept: Kept | None) -> Shelf:
    """Put passages of one language, by ascending id, onto a shelf; row i of `kept` is of text i."""
    return Shelf(texts[0].language, [Living(Part.build(texts, kept))])


def text(
    sentence: str,
    *,
    paragraph: str | None = None,
    title: str = "News",
    language: Language = Language.ENGLISH,
) -> PassageText:
    """Return a passage as it is indexed; by default it is a paragraph of its own."""
    paragraph = paragraph or sentence
    number = passage_id(language=language, title=title, paragraph=paragraph, sentence=sentence)
    return PassageText(number, language, title, paragraph, sentence)


def kept(texts: Sequence[PassageText], vectors: Vectors | None = None) -> Kept:
    """Return the vectors of texts and places of word pieces: ten a passage, at a byte that its id tells."""
    places = np.zeros(len(texts), dtype=PLACE)
    places["offset"], places["count"] = [1_000 * (one.id % 1_000_000) for one in texts], 10
    made = np.array([vector(one.sentence) for one in texts]) if vectors is None else vectors
    return Kept(made, places)
