"""Smoke questions: does an index that was built anew find what it holds, before anybody is answered by it?"""

import numpy as np

from corpus.store import Corpus
from corpus.stored import PassageId, PassageText
from index.encoder import Encoder
from index.errors import RebuildFailed
from index.fusion import Weights
from index.question import read_question
from index.ranking import rank
from index.snapshots import Snapshot

#: Passages of each language that are looked for by their own words, and the share that must be found.
ASKED, FOUND = 20, 0.9

#: Among how many first hits: a hundredth of all passages, within these bounds. The more there are, the more
#: say nearly the same, in any order.
FEWEST, MOST = 5, 100

#: Characters of a sentence that are asked for.
LONGEST = 300


def accept(built: Snapshot, corpus: Corpus, encoder: Encoder, weights: Weights) -> None:
    """Look for some passages of each language by their own words.

    Raises:
        RebuildFailed: when too many of them are not found.
    """
    for language, shelf in built.shelves.items():
        ids = np.sort(np.concatenate([one.ids for one in shelf.parts]))
        chosen = np.random.default_rng(len(ids)).choice(len(ids), min(ASKED, len(ids)), replace=False)
        texts = list(corpus.passage_texts(map(PassageId, ids[chosen].tolist())))
        found = [_finds(built, text, corpus, encoder, weights) for text in texts]
        missed = [text for text, is_found in zip(texts, found, strict=True) if is_found is False]
        if len(missed) > (1 - FOUND) * len(texts):
            raise RebuildFailed(
                f"the index that was built anew does not find {len(missed)} of {len(texts)} sentences in "
                f"{language} by their own words, such as passage {missed[0].id}; the old one stays in use"
            )


def _finds(
    built: Snapshot, text: PassageText, corpus: Corpus, encoder: Encoder, weights: Weights
) -> bool | None:
    """Say whether a sentence is found, under whatever title; None where it has nothing to look for."""
    asked = read_question(text.sentence[:LONGEST], text.language, built.shelves, encoder)
    if not asked.words and asked.encoded is None:
        return None
    among = min(MOST, max(FEWEST, len(built.shelves[text.language]) // 100))
    hits = [hit.id for hit in rank(built.shelves.values(), asked, built.tokens, weights, limit=among)]
    if text.id in hits:  # whether its article was removed meanwhile or not
        return True
    return text.sentence in {one.sentence for one in corpus.passage_texts(hits)}
