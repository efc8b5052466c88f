"""Train the reader: a cross-encoder grown from the bundled model, that also marks the answer's words.

    python training/train.py EXAMPLES_FOLDER OUT --minutes 60 --data pairs:1 squadshifts-reddit:1 news:3
        [--candidates 7] [--begin WEIGHTS] [--rate 8e-5]

Each question is shown with one right sentence and wrong ones; the scores go through a softmax in which "none
of them" takes part with score 0, so that a score of 0 means "as likely as not" and questions without an
answer teach silence (the null option of Devlin et al. 2019, https://arxiv.org/abs/1810.04805, section 4.3;
listwise loss: Cao et al. 2007, https://doi.org/10.1145/1273496.1273513). A second loss marks the answer's
beginning and end among the pieces of the right sentence. Word embeddings stay as they are.
"""

import argparse
import json
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from index.models import Model
from index.pairs import Pair, Pairs, padded

SEED = 20220105
QUESTIONS = 12
TOGETHER = 18

#: Wrong sentences that a question is always shown with: the nearest ones.
NEAREST = 3

#: Share of the questions that are shown with a typing error, and letters at least of a word that has it.
SLIPS, SHORTEST_SLIPPED = 0.1, 5
SPAN_WEIGHT = 0.3

#: Share of the questions with an answer that are turned into others without one, where that can be done:
#: about another name, number or opposite (as people did it for Rajpurkar et al. 2018,
#: https://arxiv.org/abs/1806.03822).
TURNED = 0.5

_PAIRS = """first:last before:after most:least largest:smallest highest:lowest north:south east:west
    northern:southern eastern:western more:less more:fewer best:worst increase:decrease rise:fall rose:fell
    won:lost male:female men:women man:woman old:young oldest:youngest earliest:latest began:ended begin:end
    start:stop open:closed opened:closed born:died killed:wounded dead:injured arrested:released
    allowed:banned
    longest:shortest above:below minimum:maximum support:oppose supported:opposed with:without inside:outside
    higher:lower bought:sold import:export imports:exports morning:evening public:private"""
OPPOSITES: dict[str, str] = {}
for _one, _other in (pair.split(":") for pair in _PAIRS.split()):
    OPPOSITES |= {_one: _other, _other: _one}
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}")
_NUMBER = re.compile(r"\b\d[\d.,]*\b")
_YES_OR_NO = re.compile(
    r"(?:is|are|was|were|did|does|do|has|have|had|can|could|will|would|should)\b", re.IGNORECASE
)

Example = dict[str, Any]


class Reader(nn.Module):
    """Scores a pair by its first token; marks beginning and end among its tokens.

    Without dropout: nothing is seen more than a few times, and its random numbers took half of the time.
    """

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.trunk = AutoModel.from_pretrained(
            folder, attn_implementation="eager", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        width = self.trunk.config.hidden_size
        self.score = nn.Linear(width, 1)
        self.marks = nn.Linear(width, 2)

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return scores (n,) and the marks' logits (n, tokens, 2)."""
        hidden = self.trunk(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.score(hidden[:, 0])[:, 0], self.marks(hidden)


def read(folder: Path, data: list[str]) -> list[Example]:
    """Read training examples, each kind as often as `kind:times` says."""
    found: list[Example] = []
    for one in data:
        kind, _, times = one.partition(":")
        lines = (folder / f"{kind}.train.jsonl").read_text(encoding="utf-8").splitlines()
        examples = [one for one in map(json.loads, lines) if one["candidates"]]
        whole, part = divmod(float(times or 1), 1)
        found += examples * int(whole)
        found += random.Random(SEED).sample(examples, int(len(examples) * part))  # noqa: S311
    return found


def batches(examples: list[Example], drawn: random.Random) -> Iterator[list[Example]]:
    """Yield batches of questions whose sentences are about equally long, in random order, for ever."""
    while True:
        drawn.shuffle(examples)
        grouped = []
        for first in range(0, len(examples), QUESTIONS * 50):
            some = sorted(examples[first : first + QUESTIONS * 50], key=_length)
            grouped += [some[i : i + QUESTIONS] for i in range(0, len(some), QUESTIONS)]
        drawn.shuffle(grouped)
        yield from grouped


def _length(example: Example) -> int:
    return max(len(one["sentence"]) for one in example["candidates"])


def numbers(
    batch: list[Example], pairs: Pairs, drawn: random.Random, most: int
) -> tuple[list[Pair], Tensor, Tensor, Tensor]:
    """Return the n pairs of a batch, the question of each, (n,), and of q questions what is right.

    `most` is the number of sentences that a question is shown with.
    That is the right pair, (q,), and the first and last piece of the answer in it, (q, 2); -1 without one.
    """
    made: list[Pair] = []
    rows, targets, spans = [], [], []
    for row, given in enumerate(batch):
        example = turned(given, drawn)
        order = list(range(len(example["candidates"])))
        right = example["right"]
        if len(order) > most:  # the nearest wrong ones, which come first, and some others
            others = [i for i in order if i != right]
            order = others[:NEAREST]
            order += drawn.sample(others[NEAREST:], most - NEAREST - (right is not None))
            order += [] if right is None else [right]
        question = pairs.question(slipped(example["question"], drawn))
        target, span = -1, (-1, -1)
        for i in order:
            candidate = example["candidates"][i]
            pair = pairs.pair(question, candidate["sentence"], candidate["before"])
            if i == right:
                target = len(made)
                span = _span(pair, example["span"])
            made.append(pair)
            rows.append(row)
        targets.append(target)
        spans.append(span)
    return made, torch.tensor(rows), torch.tensor(targets), torch.tensor(spans)


def turned(example: Example, drawn: random.Random) -> Example:
    """Return a question, now and then as one that its right sentence nearly answers and does not."""
    if example["right"] is None or drawn.random() >= TURNED:
        return example
    question: str = example["question"]
    others = " ".join(one["sentence"] for i, one in enumerate(example["candidates"]) if i != example["right"])
    known = f"{question} {example['candidates'][example['right']]['sentence']}"
    ways = []
    for pattern in (_NAME, _NUMBER):
        mine = [one for one in pattern.findall(question) if one in known[len(question) :]]
        theirs = [one for one in pattern.findall(others) if one not in known]
        if mine and theirs:
            ways.append((drawn.choice(mine), drawn.choice(theirs)))
    if not _YES_OR_NO.match(question):  # those would be answered with a no
        ways += [(word, OPPOSITES[word]) for word in question.split() if word in OPPOSITES]
    if not ways:
        return example
    word, other = drawn.choice(ways)
    text = re.sub(rf"\b{re.escape(word)}\b", other, question)
    return {**example, "question": text, "right": None, "span": None}


def slipped(question: str, drawn: random.Random) -> str:
    """Return a question, now and then with a typing error: letters swapped, one missing, or one doubled."""
    words = question.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= SHORTEST_SLIPPED and word.isalpha()]
    if not long or drawn.random() >= SLIPS:
        return question
    i = drawn.choice(long)
    word, at = words[i], drawn.randrange(1, len(words[i]) - 1)
    words[i] = drawn.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[: at + 1] + word[at:],
        )
    )
    return " ".join(words)


def _span(pair: Pair, span: list[int] | None) -> tuple[int, int]:
    if span is None:
        return -1, -1
    inside = [i for i, (start, end) in enumerate(pair.offsets) if start < span[1] and end > span[0]]
    return (pair.first + inside[0], pair.first + inside[-1]) if inside else (-1, -1)


def forward(model: Reader, made: list[Pair]) -> tuple[Tensor, list[Tensor]]:
    """Return the scores (n,) and marks (tokens, 2) of pairs; pairs of like length go together."""
    order = sorted(range(len(made)), key=lambda row: len(made[row].ids))
    found: list[Tensor] = []
    marks: list[Tensor] = [torch.empty(0)] * len(made)
    for first in range(0, len(order), TOGETHER):
        some = order[first : first + TOGETHER]
        ids, mask, types = (torch.from_numpy(one) for one in padded([made[row] for row in some]))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores, logits = model(ids, mask, types)
        found.append(scores)
        for row, one in zip(some, logits, strict=True):
            marks[row] = one
    return torch.cat(found)[torch.argsort(torch.tensor(order))], marks


def loss_of(
    scores: Tensor, marks: list[Tensor], rows: Tensor, targets: Tensor, spans: Tensor
) -> tuple[Tensor, Tensor, float]:
    """Return the listwise loss, the loss of the marks and the share of questions whose best is right."""
    count = len(targets)
    table = torch.full((count, int(torch.bincount(rows, minlength=count).max()) + 1), -1e4)
    table[:, 0] = 0.0  # none of them
    first = torch.cat(
        [torch.zeros(1, dtype=torch.long), torch.bincount(rows, minlength=count).cumsum(0)[:-1]]
    )
    columns = torch.arange(len(rows)) - first[rows] + 1
    table = table.index_put((rows, columns), scores.float())
    wanted = torch.where(targets < 0, torch.zeros_like(targets), targets - first + 1)
    listwise = functional.cross_entropy(table, wanted)
    known = spans[:, 0] >= 0
    marked = torch.zeros(())
    if known.any():
        pairs = [
            (marks[int(row)].float(), span) for row, span in zip(targets[known], spans[known], strict=True)
        ]
        marked = torch.stack([functional.cross_entropy(one.T, span) for one, span in pairs]).mean() * 2
    return listwise, marked, float((table.argmax(1) == wanted).float().mean())


def train(
    model: Reader, examples: list[Example], *, candidates: int, minutes: float, rate: float, out: Path
) -> None:
    """Train for a while; the rate rises for a twentieth of it and falls to nothing by its end."""
    drawn = random.Random(SEED)  # noqa: S311 (not for secrets)
    pairs = Pairs(Path(Model.choose().location, "tokenizer.json"))
    wanted = [p for name, p in model.named_parameters() if "embeddings.word" not in name]
    for name, p in model.named_parameters():
        p.requires_grad_("embeddings.word" not in name)
    optimiser = torch.optim.AdamW(wanted, lr=rate, weight_decay=0.01)
    began, seen, sums, said = time.monotonic(), 0, np.zeros(3), time.monotonic()
    model.train()
    for step, batch in enumerate(batches(examples, drawn), 1):
        done = (time.monotonic() - began) / (60 * minutes)
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, done / 0.05 + 0.02) * (1 - done)
        made, rows, targets, spans = numbers(batch, pairs, drawn, candidates)
        scores, marks = forward(model, made)
        listwise, marked, right = loss_of(scores, marks, rows, targets, spans)
        (listwise + SPAN_WEIGHT * marked).backward()  # type: ignore[no-untyped-call] # torch's own
        nn.utils.clip_grad_norm_(wanted, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        seen += sum(len(pair.ids) for pair in made)
        sums += (listwise.item(), marked.item(), right)
        if step % 50 == 0:
            tokens = seen / (time.monotonic() - said)
            print(
                f"{done:.3f} step {step} loss {sums[0] / 50:.3f} marks {sums[1] / 50:.3f} "
                f"right {sums[2] / 50:.3f} {tokens:.0f} tokens/s",
                flush=True,
            )
            seen, sums, said = 0, np.zeros(3), time.monotonic()
        if step % 500 == 0:
            torch.save(model.state_dict(), out)
    torch.save(model.state_dict(), out)


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("examples", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", nargs="+", default=["pairs:1", "news:3"])
    parser.add_argument("--begin", type=Path, help="go on from these weights")
    parser.add_argument("--candidates", type=int, default=5, help="sentences a question is shown with")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=8e-5)
    options = parser.parse_args()
    torch.manual_seed(SEED)
    model = Reader(Model.choose().location)
    if options.begin:
        model.load_state_dict(torch.load(options.begin))
    examples = read(options.examples, options.data)
    print(f"{len(examples)} questions", flush=True)
    train(
        model,
        examples,
        candidates=options.candidates,
        minutes=options.minutes,
        rate=options.rate,
        out=options.out,
    )


if __name__ == "__main__":
    main()
