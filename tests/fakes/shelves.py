"""Shelves in memory, of one part, as an index has them that was built at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.parts import Kept, Living, Part
from index.shelves import Shelf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from corpus.stored import PassageText

__all__ = ["Kept", "shelf_of"]


def shelf_of(texts: Sequence[PassageText], kept: Kept | None) -> Shelf:
    """Put passages of one language, by ascending id, onto a shelf; row i of `kept` is of text i."""
    return Shelf(texts[0].language, [Living(Part.build(texts, kept))])
