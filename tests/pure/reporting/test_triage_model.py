"""The model finds most of made-up danger, explains itself, never lowers; the register, the docs and the file agree."""

import importlib.util
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.reporting import facts
from bluelamp.reporting.domain.classifying import (
    LONGEST_WORDS,
    Model,
    ModelError,
    Reading,
    raised_by,
    read_danger,
    read_model,
)
from bluelamp.reporting.domain.flagging import Level, Source
from bluelamp.reporting.domain.phrases import words_of
from bluelamp.reporting.domain.question import Flag
from bluelamp.reporting.domain.register import Errors, RegisterError, read_register

ROOT = Path(__file__).parents[3]
MODEL = facts.danger_model()
ENTRY = facts.model_register()[MODEL.id]
FOLDER = Path(facts.__file__).parent
DOCS = (ROOT / "docs/reference/models.md").read_text("utf-8")


@pytest.fixture(scope="module")
def training() -> ModuleType:
    spec = importlib.util.spec_from_file_location("train_danger", ROOT / "scripts/train_danger.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["train_danger"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "text",
    [
        "He said he will kill me and my children",
        "he has a knife and he is outside my house",
        "I want to kill myself because of the pictures",
        "Mae e wedi bygwth fy lladd i",
        "rwyf eisiau lladd fy hun",
        "mae ganddo gyllell ac mae wrth fy nrws",
    ],
)
def test_plain_danger_is_found_and_explained_by_its_own_words(text: str) -> None:
    reading = read_danger(model=MODEL, text=text)
    assert reading.suggests and 0 < len(reading.words) <= 5
    assert set(reading.words) <= set(words_of(text))


@pytest.mark.parametrize(
    "text",
    ["", "I ordered headphones and they never came.", "Archebais glustffonau ac ni ddaethant byth.", "!!! 12345 ???"],
)
def test_plain_calm_is_not_found(text: str) -> None:
    assert not read_danger(model=MODEL, text=text).suggests


@given(st.text(max_size=300), st.text(max_size=300))
def test_more_text_after_a_text_never_gives_a_lower_score(text: str, more: str) -> None:
    before, after = (read_danger(model=MODEL, text=t) for t in (text, f"{text}\n{more}"))
    assert after.score >= before.score and after.suggests >= before.suggests
    assert 0 < before.likely < 1 and set(before.words) <= set(words_of(text))
    assert before == read_danger(model=MODEL, text=text)


def test_danger_at_the_end_of_a_long_story_is_not_lost() -> None:
    story = "I bought a phone on a market page and it never came. " * 100
    assert not read_danger(model=MODEL, text=story).suggests
    assert read_danger(model=MODEL, text=story + "He said he will kill me with a knife.").suggests
    assert len(words_of("word " * (LONGEST_WORDS + 10))) > LONGEST_WORDS
    assert isinstance(read_danger(model=MODEL, text="word " * (LONGEST_WORDS + 10)), Reading)


def test_it_raises_a_flag_for_a_person_and_keeps_no_words_in_it() -> None:
    texts = {"story": "he will kill me with a knife", "account": "my mail at Outlook"}
    (raised,) = raised_by(model=MODEL, texts=texts)
    assert (raised.flag, raised.level, raised.source, raised.question) == (
        Flag.DANGER,
        Level.TODAY,
        Source.MODEL,
        "story",
    )
    assert "knife" not in repr(raised) and raised.rule == "model:danger-words"
    assert raised_by(model=MODEL, texts={}) == ()
    assert raised_by(model=MODEL, texts=texts, level=Level.IMMEDIATE)[0].level is Level.IMMEDIATE


def test_the_register_the_file_and_the_docs_agree() -> None:
    path = FOLDER / ENTRY.file
    assert path.stat().st_size < 200_000
    assert ENTRY.sha256 == MODEL.sha256 and ENTRY.version == MODEL.version
    assert ENTRY.sha256 in DOCS and f"`{ENTRY.id}`" in DOCS
    for name, row in ENTRY.errors.items():
        line = f"| {name} | {row.recall:.3f} | {row.false:.3f} | {row.precision:.3f} | {row.reports} |"
        assert line in DOCS, line
    for name, (recall, false) in ENTRY.unseen.items():
        assert f"| {name} | {recall:.3f} | {false:.3f} |" in DOCS, name
    for text in ENTRY.limits.values():
        assert len(text) > 50
    assert "synthetic" in DOCS and "off by default" in DOCS


def test_a_model_of_made_up_reports_is_off() -> None:
    assert ENTRY.synthetic and not ENTRY.on_by_default
    text = (FOLDER / "models.toml").read_text("utf-8")
    with pytest.raises(RegisterError, match="off"):
        read_register(text=text.replace("on_by_default = false", "on_by_default = true"))
    with pytest.raises(RegisterError, match="twice"):
        read_register(text=text + text[text.index("[[model]]") :])
    with pytest.raises(RegisterError, match="another form"):
        read_register(text=text.replace("sha256 =", "hash ="))
    with pytest.raises(RegisterError, match="errors"):
        read_register(text=re.sub(r"\[model\.errors\].*?\n\n", "[model.errors]\n\n", text, count=1, flags=re.DOTALL))


def test_the_figures_of_the_register_are_measured_again(training: ModuleType) -> None:
    measured = training.measured(MODEL, training.examples(part=training.TEST, count=training.TESTED_ON))
    assert {name: Errors(**row) for name, row in measured.items()} == dict(ENTRY.errors)


def test_no_family_is_both_taught_and_tested(training: ModuleType) -> None:
    taught, tested = (
        {text for texts in training.families(part).values() for text in texts}
        for part in (training.FOLDS, training.TEST)
    )
    assert taught and tested and not taught & tested
    every = training.families((0, 1, 2, 3, 4))
    assert {t for texts in every.values() for t in texts} == taught | tested
    assert training.examples(part=(3,), count=50) == training.examples(part=(3,), count=50)


def test_training_learns_and_gives_the_same_twice(training: ModuleType) -> None:
    reports = training.examples(part=training.FOLDS, count=300, odd=False)
    first, second = (training.whole(*training.trained(reports), 0) for _ in range(2))
    assert first == second
    right = sum(read_danger(model=first, text=r.text).suggests == r.danger for r in reports)
    assert right / len(reports) > 0.9


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"id": "x"}',
        json.dumps({"id": "x", "version": "1", "bias": 0.5, "threshold": 1, "weights": [1]}),
    ],
)
def test_a_broken_file_of_weights_is_refused(text: str) -> None:
    with pytest.raises(ModelError):
        read_model(text=text)


def test_another_threshold_changes_only_what_is_suggested() -> None:
    text = "he will kill me"
    never: Model = replace(MODEL, threshold=10**9)
    assert not read_danger(model=never, text=text).suggests
    assert read_danger(model=never, text=text).score == read_danger(model=MODEL, text=text).score
