"""A small model that reads a text for danger, so that a person looks sooner. It never lowers or closes a flag.

Logistic regression over hashed words, pairs of words and groups of four letters. A score is the sum of what each word
adds; of a long text the most dangerous stretch counts, so that a sentence is not lost in a long story. What it says is
explained by the words that added most, which stand in the text. Register entry, data, errors by group and limits:
docs/reference/models.md.
"""

import hashlib
import json
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bluelamp.reporting.domain.flagging import Level, Raised, Source
from bluelamp.reporting.domain.holding_words import HOLDING_WORDS
from bluelamp.reporting.domain.phrases import words_of
from bluelamp.reporting.domain.question import Flag

MODEL = "danger-words"
LETTERS = 4
STRETCHES = (4, 8, 16)  # words
SCALE = 1000  # weights are kept as whole thousandths, so that every machine adds them alike
LONGEST_WORDS = 4000
MOST_SHOWN = 5
# Why it raised a flag, in English and Welsh.
REASON = (
    "A model finds that the words of the person are like words about danger. It was trained on made-up reports.",
    "Mae model yn canfod bod geiriau'r person yn debyg i eiriau am berygl. Fe'i hyfforddwyd ar adroddiadau ffug.",
)


class ModelError(ValueError):
    """A file of weights has another form."""


@dataclass(frozen=True)
class Model:
    """Weights in thousandths: one for each of the buckets of features, the base, and the threshold of the score."""

    id: str
    version: str
    weights: tuple[int, ...]
    bias: int
    threshold: int
    sha256: str


@dataclass(frozen=True)
class Reading:
    """What the model says of one text.

    `score`: the sum, in thousandths. `likely`: the score as 0 to 1, calibrated on synthetic texts only: an order, no
    probability of anything. `suggests`: the score reaches the threshold. `words`: those that added most, as they stand
    in the text; shown only to somebody who may read the text itself, kept and logged nowhere.
    """

    score: int
    likely: float
    suggests: bool
    words: tuple[str, ...]


def read_model(*, text: str) -> Model:
    """The model from its file. Raises ModelError."""
    try:
        raw = json.loads(text)
        weights = tuple(raw["weights"])
        model = Model(
            id=str(raw["id"]),
            version=str(raw["version"]),
            weights=weights,
            bias=raw["bias"],
            threshold=raw["threshold"],
            sha256=hashlib.sha256(text.encode()).hexdigest(),
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise ModelError(f"the weights have another form ({problem}).") from problem
    numbers = (*weights, model.bias, model.threshold)
    if not weights or not all(type(n) is int for n in numbers):
        raise ModelError("every weight must be a whole number.")
    return model


def read_danger(*, model: Model, text: str) -> Reading:
    """What the model says of a text. Of a very long text the first 4,000 words are read (a story holds fewer).

    More text after a text never gives a lower score.
    """
    words = words_of(text)[:LONGEST_WORDS]
    adds = [sum(model.weights[f] for f in features) for features in features_of(words, buckets=len(model.weights))]
    first, last, total = best_stretch(adds)
    # No stretch counts less than none: a calm text is not calmer than no text.
    score = model.bias + max(0, int(total))
    shown = sorted(range(first, last), key=lambda i: (-adds[i], i))
    kept = dict.fromkeys(words[i] for i in shown if adds[i] > 0)
    likely = 1 / (1 + math.exp(-max(-30.0, min(30.0, score / SCALE))))
    return Reading(score, likely, score >= model.threshold, tuple(kept)[:MOST_SHOWN])


def raised_by(*, model: Model, texts: Mapping[str, str], level: Level = Level.TODAY) -> tuple[Raised, ...]:
    """The flags that the model would raise for texts by question (`flagging.texts_of`): `danger`, one a text.

    Less urgent than the rules' own unless a force says otherwise: with so many false suggestions (the register) they
    would drown the clock of minutes. No flag that a rule raised becomes less urgent by that.
    """
    return tuple(
        Raised(Flag.DANGER, f"model:{model.id}", level, Source.MODEL, question, *REASON)
        for question, text in texts.items()
        if read_danger(model=model, text=text).suggests
    )


def features_of(words: Sequence[str], *, buckets: int) -> Iterator[list[int]]:
    """For each word the buckets of its features: the word, its groups of letters, and the pair with the word before.

    Words that only hold a sentence together, and figures, count in pairs alone, and not two of them.
    """
    before, before_holds = "", True
    for word in words:
        holds = word in HOLDING_WORDS or not word.isalpha() or len(word) < 2
        names = [] if holds and before_holds else [f"p {before} {word}"]
        if not holds:
            edged = f"<{word}>"
            groups = {edged[i : i + LETTERS] for i in range(max(1, len(edged) - LETTERS + 1))}
            names += [f"w {word}", *(f"g {group}" for group in sorted(groups))]
        yield [zlib.crc32(name.encode()) % buckets for name in names]
        before, before_holds = word, holds


def best_stretch(adds: Sequence[float]) -> tuple[int, int, float]:
    """First word, end and sum of the stretch that adds most; every place may be an end, so that more text adds ends."""
    sums = [0.0]
    for add in adds:
        sums.append(sums[-1] + add)
    found = ((sums[end] - sums[max(0, end - n)], -end, -n) for end in range(1, len(sums)) for n in STRETCHES)
    total, end, length = max(found, default=(0.0, 0, 0))
    return max(0, length - end), -end, total
