"""Content: what a generation holds: segments, and which of their passages are gone; immutable, pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corpus.languages import Language
from index.ids import NONE, rows_among
from index.merging import Size
from index.parts import Living
from index.postings import Numbers
from index.segments import Segment

#: Rows of parts that are gone, by "segment/language".
Dead = Mapping[str, NDArray[np.int32]]


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """Segments, oldest first. A passage that can be found is alive in exactly one of them."""

    segments: tuple[Segment, ...] = ()
    dead: Dead = field(default_factory=dict)

    @property
    def number(self) -> int:
        """How many passages can be found."""
        return sum(size.left for size in self.sizes().values())

    def sizes(self) -> dict[str, Size]:
        """Return how large each segment is."""
        return {
            one.name: Size(one.manifest.passages, sum(len(self.dead.get(key, ())) for key in _keys(one)))
            for one in self.segments
        }

    def living(self) -> list[Living]:
        """Return all parts with what is left of each."""
        return [self._living(one, language) for one in self.segments for language in one.parts]

    def living_by_language(self, names: Collection[str]) -> dict[Language, list[Living]]:
        """Return what is left of some segments, by language."""
        found: dict[Language, list[Living]] = {}
        for one in self.segments:
            for language in one.parts if one.name in names else ():
                living = self._living(one, language)
                if living.number:
                    found.setdefault(language, []).append(living)
        return found

    def ids(self) -> Numbers:
        """Return the ids of all passages that can be found, ascending."""
        return np.sort(np.concatenate([NONE, *(one.ids for one in self.living())]))

    def holds(self, ids: Numbers) -> NDArray[np.bool_]:
        """Say which passages can be found, (n,)."""
        found = np.zeros(len(ids), dtype=bool)
        for part, alive in self.living():
            rows, is_here = rows_among(ids, part.ids)
            found |= is_here if alive is None else is_here & alive[rows]
        return found

    def with_segment(self, segment: Segment) -> "Content":
        """Add the newest segment."""
        return Content((*self.segments, segment), self.dead)

    def without(self, ids: Numbers) -> "Content":
        """Take out those of some passages that are here."""
        dead = dict(self.dead)
        for one in self.segments:
            for language, part in one.parts.items():
                rows = part.rows_of(ids)
                if len(rows):
                    before = dead.get(_key(one, language), np.zeros(0, dtype=np.int32))
                    dead[_key(one, language)] = np.union1d(before, rows).astype(np.int32)
        return Content(self.segments, dead)

    def with_merged(self, names: Sequence[str], merged: Segment | None) -> "Content":
        """Put a segment in the place of those that it was made of, as they are here by now."""
        made_of = Content(tuple(one for one in self.segments if one.name in names), self.dead)
        place = [one.name in names for one in self.segments].index(True)
        before, after = (
            tuple(one for one in some if one.name not in names)
            for some in (self.segments[:place], self.segments[place:])
        )
        gone = {_key(one, language) for one in made_of.segments for language in one.parts}
        dead = {key: rows for key, rows in self.dead.items() if key not in gone}
        for language, part in merged.parts.items() if merged else ():
            rows = np.flatnonzero(~made_of.holds(part.ids)).astype(np.int32)
            if merged is not None and len(rows):
                dead[_key(merged, language)] = rows
        return Content((*before, *([merged] if merged else []), *after), dead)

    def renamed(self, moved: Mapping[str, Segment]) -> "Content":
        """Put segments in the place of the same ones under other names."""
        dead = {key: rows for key, rows in self.dead.items() if key.partition("/")[0] not in moved}
        for before, segment in moved.items():
            for language in segment.parts:
                if f"{before}/{language}" in self.dead:
                    dead[_key(segment, language)] = self.dead[f"{before}/{language}"]
        return Content(tuple(moved.get(one.name, one) for one in self.segments), dead)

    def _living(self, segment: Segment, language: Language) -> Living:
        part, gone = segment.parts[language], self.dead.get(_key(segment, language))
        if gone is None or not len(gone):
            return Living(part)
        alive = np.ones(len(part), dtype=bool)
        alive[gone] = False
        return Living(part, alive)


def _keys(segment: Segment) -> list[str]:
    return [_key(segment, language) for language in segment.parts]


def _key(segment: Segment, language: Language) -> str:
    return f"{segment.name}/{language}"
