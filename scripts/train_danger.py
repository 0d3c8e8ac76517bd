"""Train and measure the model `danger-words` on synthetic reports made from templates (docs/reference/models.md).

    python scripts/train_danger.py            measure the packaged weights and print the register's figures
    python scripts/train_danger.py --train    train anew, write weights and figures, then measure

No real report is read. A template is a family: wholly taught or wholly kept for the test. `--train` also leaves out
each topic of danger in turn and prints what is found of a danger that was never seen: the sober figure.
"""

import argparse
import json
import random
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bluelamp.reporting.domain.classifying import (
    MODEL,
    SCALE,
    Model,
    best_stretch,
    features_of,
    read_danger,
    read_model,
)
from bluelamp.reporting.domain.phrases import found_in, words_of
from bluelamp.reporting.facts import signals
from bluelamp.reporting.questions import questions

HERE = Path(__file__).parent
FACTS = HERE.parent / "src/bluelamp/reporting/facts"
WEIGHTS, REGISTER = FACTS / "danger_weights.json", FACTS / "models.toml"
BUCKETS = 8192
VERSION = "1"
SEED = 20261128
GAP = "~"
GRAVE = ("danger", "self-harm", "threat-to-kill", "weapon", "stalking", "abuse", "child-images")
WANTED_RECALL = 0.95
ROUNDS, STEPS, PULL = 4, 150, 3e-4
FOLDS, TEST = (0, 1, 2, 4), (3,)
LANGUAGES = ("en", "cy")
LENGTHS = ("short", "middle", "long")
GROUPS = ("plain", "typos", "no-accents", "second-language", "texting")
# Which rule's phrases speak of a topic; those of the other topics stand in `words-danger-now` together.
PHRASES_OF = {
    "threat-to-kill": "words-threat-to-kill",
    "weapon": "words-weapon",
    "self-harm": "words-self-harm",
    "followed": "words-stalking",
    "violence-at-home": "words-danger-now",
    "at-the-door": "words-danger-now",
    "held": "words-danger-now",
    "attack-threat": "words-danger-now",
}
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Example:
    """One synthetic report."""

    text: str
    danger: bool
    language: str
    group: str
    length: str
    topic: str


def families(part: Sequence[int]) -> dict[tuple[str, str], list[str]]:
    """(topic, language) -> its templates of some fifths; of five in a row the fourth (`TEST`) is kept for the test."""
    raw = tomllib.loads((HERE / "danger_templates.toml").read_text("utf-8"))
    return {
        (topic["id"], n): [t for i, t in enumerate(topic[n]) if i % 5 in part]
        for topic in raw["topic"]
        for n in LANGUAGES
    }


def examples(*, part: Sequence[int], count: int, odd: bool = True, without: str = "") -> list[Example]:
    """`count` synthetic reports of some fifths, half of them of danger, the same for the same arguments.

    `odd`: in all ways of writing; else in those that are taught.
    """
    rng = random.Random(f"{SEED} {sorted(part)} {count}")  # noqa: S311
    raw = tomllib.loads((HERE / "danger_templates.toml").read_text("utf-8"))
    danger = {topic["id"] for topic in raw["topic"] if topic["danger"]}
    held = {key: texts for key, texts in families(part).items() if key[0] != without}
    found = []
    for number in range(count):
        language = LANGUAGES[number // 2 % 2]
        is_danger = number % 2 == 0
        calm = [key for key in held if key[0] not in danger and key[1] == language]
        grave = [key for key in held if key[0] in danger and key[1] == language]
        topic = rng.choice(grave if is_danger else calm)
        others = rng.choice((0, 0, 1, 2, 3, 8))
        sentences = [rng.choice(held[key]) for key in (topic, *rng.choices(calm, k=others))]
        rng.shuffle(sentences)
        filled = [_filled(sentence, raw["slots"][language], rng) for sentence in sentences]
        group = rng.choice(GROUPS if odd else (*GROUPS[:3], "plain"))
        text = _IN[group](". ".join(filled), rng, language)
        words = len(words_of(text))
        length = "short" if words <= 15 else "middle" if words <= 40 else "long"
        found.append(Example(text, is_danger, language, group, length, topic[0]))
    return found


def phrases(*, without: str = "") -> list[str]:
    """The phrases of the danger rules of `signals.toml`, spelled out: words of danger in both languages.

    `without`: the rule that speaks of a topic which is left out.
    """
    rng = random.Random(SEED)  # noqa: S311
    found: dict[str, None] = {}
    for rule in signals().rules:
        if rule.id not in PHRASES_OF.values() or rule.id == PHRASES_OF.get(without):
            continue
        for phrase in rule.phrases:
            for _ in range(6):
                tokens = (rng.choice(token.split("|")).removesuffix("*") for token in phrase.split() if token != GAP)
                found[" ".join(tokens)] = None
    return list(found)


def calm_texts() -> list[str]:
    """Texts of our own pages that speak of other things than danger: questions and advice, in both languages."""
    asked = [q for q in questions().questions if q.section not in ("safety", "what", "who")]
    found = [text for q in asked for n in LANGUAGES for text in q.wording[n].all_texts]
    for path in sorted((FACTS.parents[1] / "kernel/advice/texts").glob("*.toml")):
        if path.stem not in ("common", "online-harassment", "sextortion", "tracker-stalking", "tracker"):
            found += _strings(tomllib.loads(path.read_text("utf-8")))
    return [text for text in dict.fromkeys(found) if 3 <= len(words_of(text)) <= 60]


def taught(*, count: int, part: Sequence[int] = FOLDS, without: str = "") -> list[Example]:
    """What a model learns from: synthetic reports, and each phrase of danger alone and in a calm report."""
    rng = random.Random(SEED + 1)  # noqa: S311
    reports = examples(part=part, count=count, odd=False, without=without)
    calm = [r for r in reports if not r.danger]
    spoken = []
    for phrase in phrases(without=without):
        spoken.append(Example(phrase, True, "", "", "", "phrase"))
        spoken.append(Example(_typos(phrase, rng, "") + ". " + rng.choice(calm).text, True, "", "", "", "phrase"))
    return [*reports, *spoken, *(Example(text, False, "", "", "", "pages") for text in calm_texts())]


def trained(reports: Sequence[Example]) -> tuple[Floats, float]:
    """Weights and base; the same on every run.

    A model reads only the stretch of a text that adds most, so it learns from that: first from whole texts, then in
    turns from the stretches which it would choose by then. Stretches of calm reports that were ever chosen stay.
    """
    held = [list(features_of(words_of(report.text), buckets=BUCKETS)) for report in reports]
    pieces = [(features, report.danger) for features, report in zip(held, reports, strict=True)]
    weights, bias = _fitted(pieces)
    calm: list[tuple[list[list[int]], bool]] = []
    for _ in range(ROUNDS):
        grave: list[tuple[list[list[int]], bool]] = []
        for features, report in zip(held, reports, strict=True):
            first, last, _sum = best_stretch([float(weights[f].sum()) for f in features])
            (grave if report.danger else calm).append((features[first:last], report.danger))
        weights, bias = _fitted([*grave, *calm])
    return weights, bias


def _fitted(pieces: Sequence[tuple[list[list[int]], bool]]) -> tuple[Floats, float]:
    """By full steps of Adam on the logistic loss, with a pull to zero; danger and calm weigh alike together."""
    of = np.array([f for words, _ in pieces for features in words for f in features])
    at = np.repeat(np.arange(len(pieces)), [sum(len(f) for f in words) for words, _ in pieces])
    truth = np.array([float(danger) for _, danger in pieces])
    share = np.where(truth > 0, 0.5 / truth.sum(), 0.5 / (1 - truth).sum())
    weights, slope, square = np.zeros(BUCKETS + 1), np.zeros(BUCKETS + 1), np.zeros(BUCKETS + 1)
    for step in range(1, STEPS + 1):
        sums = np.bincount(at, weights[of], len(pieces)) + weights[-1]
        wrong = (1 / (1 + np.exp(-np.clip(sums, -30, 30))) - truth) * share
        gradient = np.append(np.bincount(of, wrong[at], BUCKETS), wrong.sum())
        gradient[:-1] += PULL * weights[:-1]
        slope = 0.9 * slope + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        weights -= 0.03 * (slope / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights[:-1], float(weights[-1])


def made() -> Model:
    """The model of all families but those of the test, in whole thousandths.

    Its threshold is the highest with which the wanted share of danger is found in families that were not taught: each
    fold is read by a model of the other three.
    """
    scores: list[int] = []
    for fold in FOLDS:
        weights, bias = trained(taught(count=TRAINED_ON // 2, part=[f for f in FOLDS if f != fold]))
        reader = whole(weights, bias, 0)
        unseen = (r for r in examples(part=(fold,), count=800) if r.danger)
        scores += [read_danger(model=reader, text=r.text).score for r in unseen]
    weights, bias = trained(taught(count=TRAINED_ON))
    return whole(weights, bias, sorted(scores)[int(len(scores) * (1 - WANTED_RECALL))])


def whole(weights: Floats, bias: float, threshold: int) -> Model:
    """A model in whole thousandths."""
    return Model(MODEL, VERSION, tuple(int(w) for w in np.rint(weights * SCALE)), round(bias * SCALE), threshold, "")


def as_text(model: Model) -> str:
    """The file of weights."""
    kept = {"id": model.id, "version": model.version, "bias": model.bias, "threshold": model.threshold}
    return json.dumps({**kept, "weights": list(model.weights)}, separators=(",", ":")) + "\n"


def measured(model: Model, reports: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Recall, precision, share of false suggestions and count of all test reports and of each group of them."""
    said = [(r, read_danger(model=model, text=r.text).suggests) for r in reports]
    found = {"all": _figures(said)}
    for name, values in (("language", LANGUAGES), ("length", LENGTHS), ("group", GROUPS)):
        for value in values:
            found[f"{name}-{value}"] = _figures([(r, s) for r, s in said if getattr(r, name) == value])
    return found


def unseen_topics(model: Model, reports: Sequence[Example]) -> dict[str, tuple[float, float]]:
    """For each topic of danger the recall of a model that never saw it, and its share of false suggestions.

    With the threshold of the whole model.
    """
    found = {}
    calm = [r for r in reports if not r.danger]
    for topic in sorted({r.topic for r in reports if r.danger}):
        reader = whole(*trained(taught(count=TRAINED_ON // 2, without=topic)), model.threshold)
        mine = [r for r in reports if r.topic == topic]
        shares = (
            sum(read_danger(model=reader, text=r.text).suggests for r in rows) / len(rows) for rows in (mine, calm)
        )
        hit, false = shares
        found[topic] = (round(hit, 3), round(false, 3))
    return found


TRAINED_ON, TESTED_ON = 6000, 2000


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--train", action="store_true")
    tests = examples(part=TEST, count=TESTED_ON)
    if asked.parse_args().train:
        new = made()
        WEIGHTS.write_text(as_text(new), "utf-8")
        print("of a danger never seen (recall, false):", json.dumps(unseen_topics(new, tests)))
    model = read_model(text=WEIGHTS.read_text("utf-8"))
    print("sha256:", model.sha256, "threshold:", model.threshold, "bytes:", WEIGHTS.stat().st_size)
    for name, figures in (measured(model, tests) | beside_rules(model, tests)).items():
        print(f"{name} = {{ {', '.join(f'{key} = {value}' for key, value in figures.items())} }}")


def beside_rules(model: Model, reports: Sequence[Example]) -> dict[str, dict[str, float]]:
    """What the rules about danger find alone, the model alone, and either of them."""
    table = signals()
    grave = [rule.id for rule in table.rules if rule.phrases and rule.flag in GRAVE]
    ruled, read = [], []
    for report in reports:
        words = words_of(report.text)
        ruled.append(any(found_in(pattern=table.patterns[rule], words=words) for rule in grave))
        read.append(read_danger(model=model, text=report.text).suggests)
    either = [a or b for a, b in zip(ruled, read, strict=True)]
    said = {"rules": ruled, "model": read, "rules-or-model": either}
    return {name: _figures(zip(reports, hits, strict=True)) for name, hits in said.items()}


def _figures(said: Iterable[tuple[Example, bool]]) -> dict[str, float]:
    rows = list(said)
    hits = sum(s and r.danger for r, s in rows)
    danger, flagged = sum(r.danger for r, _ in rows), sum(s for _, s in rows)
    return {
        "recall": round(hits / danger, 3) if danger else 0.0,
        "precision": round(hits / flagged, 3) if flagged else 0.0,
        "false": round((flagged - hits) / (len(rows) - danger), 3) if len(rows) > danger else 0.0,
        "reports": len(rows),
    }


def _strings(raw: object) -> list[str]:
    if isinstance(raw, str):
        return [raw]
    parts = raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ()
    return [text for part in parts for text in _strings(part)]


def _filled(template: str, slots: dict[str, list[str]], rng: random.Random) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: rng.choice(slots[m[1]]), template)


def _plain(text: str, _rng: random.Random, _language: str) -> str:
    return text


def _typos(text: str, rng: random.Random, _language: str) -> str:
    """One word in four has a letter left out, doubled or exchanged with the next."""
    made = []
    for word in text.split(" "):
        if len(word) > 3 and rng.random() < 0.25:
            at = rng.randrange(1, len(word) - 1)
            left, one, right = word[:at], word[at], word[at + 1 :]
            word = rng.choice((left + right, left + one + one + right, left + right[:1] + one + right[1:]))
        made.append(word)
    return " ".join(made)


def _no_accents(text: str, _rng: random.Random, _language: str) -> str:
    return text.translate(str.maketrans("âêîôûŵŷáéíóú", "aeiouwyaeiou")).replace("'", "").lower()


def _second_language(text: str, rng: random.Random, language: str) -> str:
    """Words that learners leave out or level: articles, endings; in Welsh mutations that are not made."""
    if language == "cy":
        pairs = (
            (r"\bfy ngh", "fy c"),
            (r"\bfy mh", "fy p"),
            (r"\bfy ng", "fy g"),
            (r"\bfy m", "fy b"),
            (r"\byn y ", "yn "),
        )
    else:
        pairs = (
            (r"\b(?:the|a|an) ", ""),
            (r"\bI am ", "I "),
            (r"(\w{3})ed\b", r"\1"),
            (r"\bis ", ""),
            (r"\b(\w+)s to ", r"\1 to "),
        )
    for pattern, instead in pairs:
        text = re.sub(pattern, instead, text) if rng.random() < 0.8 else text
    return text


def _texting(text: str, _rng: random.Random, language: str) -> str:
    pairs = (
        ((r"\brwyf\b", "dwi"), (r"\brwy'n\b", "dwin"), (r"\bmae\b", "ma"), (r"\byn\b", "n"), (r"\bwedi\b", "di"))
        if language == "cy"
        else (
            (r"\byou\b", "u"),
            (r"\bare\b", "r"),
            (r"\bto\b", "2"),
            (r"\bgoing to\b", "gonna"),
            (r"\bbecause\b", "cos"),
            (r"\bI\b", "i"),
        )
    )
    for pattern, instead in pairs:
        text = re.sub(pattern, instead, text)
    return text.lower().replace(". ", " ")


_IN = {
    "plain": _plain,
    "typos": _typos,
    "no-accents": _no_accents,
    "second-language": _second_language,
    "texting": _texting,
}

if __name__ == "__main__":
    main()
