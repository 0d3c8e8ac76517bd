"""The way through the questions in the browser's scripts: the same as Python's on thousands of answers by chance."""

import json
import random
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from report_answers import SHELF, TODAY, by_chance, finish

from bluelamp.reporting.domain.checking import Fields, check
from bluelamp.reporting.domain.journey import advising, barred, flags, progress, walk
from bluelamp.reporting.domain.question import LANGUAGES, Kind
from bluelamp.reporting.domain.showing import page
from bluelamp.reporting.domain.values import (
    NOT_SURE,
    SKIPPED,
    Answer,
    Codes,
    Contact,
    Seen,
    State,
    Words,
    from_json,
    given,
    to_json,
)
from bluelamp.reporting.facts import offline_words
from bluelamp.reporting.web.offline_shelf import packed, shelf_json

ROOT = Path(__file__).parents[3]
MODULES = ROOT / "src/bluelamp/ui/static/bluelamp/offline"
JOURNEYS, SETS = 150, 3_000
pytestmark = pytest.mark.browser

WALKS = """
import { readFileSync } from "node:fs";
import { advising, barred, before, byId, flags, progress, walk } from "%s/walk.js";
const { shelf, sets } = JSON.parse(readFileSync(0, "utf-8"));
const found = sets.map((answers) => {
  const way = walk(shelf, answers);
  const at = way.next || "check";
  return {
    asked: way.asked, next: way.next, aside: way.aside.sort(), at_most: way.atMost, sections: way.sections,
    flags: [...flags(shelf, answers)].sort(), barred: [...barred(shelf, answers)].sort(),
    advice: advising(shelf, byId(shelf).get(at), answers), back: before(way, at),
    progress: ["en", "cy"].map((language) => progress(shelf, answers, at, language)),
  };
});
console.log(JSON.stringify(found));
"""
READS = """
import { readFileSync } from "node:fs";
import { read } from "%s/fields.js";
import { byId } from "%s/walk.js";
const { shelf, pages } = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify(pages.map(([id, fields]) => read(byId(shelf).get(id), fields))));
"""


def in_javascript(script: str, given_to_it: object) -> Any:
    text = script.replace("%s", MODULES.as_uri())
    done = subprocess.run(
        ["node", "--input-type=module", "-e", text],
        input=json.dumps(given_to_it),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def some_answers(journeys: list[dict[str, Answer]], chance: random.Random) -> dict[str, Answer]:
    """Whole journeys, journeys cut short, journeys with answers of other branches, and answers that fit no question."""
    answers = dict(chance.choice(journeys))
    for _ in range(chance.choice((0, 0, 1, 2, 5))):
        answers.pop(chance.choice(sorted(answers)), None)
    if chance.random() < 0.5:
        others = chance.choice(journeys)
        answers |= dict(chance.sample(sorted(others.items(), key=lambda i: i[0]), k=chance.randint(1, 8)))
    if chance.random() < 0.3:
        strange = (
            Words("text"), Codes(("no-such",)), Codes(()), Codes(("yes", "no")), Contact("a@b.example", ""),
            Seen(), Seen(("sextortion",), abuse_safe=True), Seen(("phishing",)),
        )  # fmt: skip
        for name in chance.sample([q.id for q in SHELF.questions], k=3):
            answers[name] = chance.choice((NOT_SURE, SKIPPED, given(chance.choice(strange))))
        answers["no-such-question"] = NOT_SURE
    return answers


def in_python(answers: dict[str, Answer]) -> dict[str, Any]:
    way = walk(shelf=SHELF, answers=answers)
    at = way.next or "check"
    advice = advising(shelf=SHELF, question=SHELF.by_id[at], answers=answers)
    return {
        "asked": list(way.asked),
        "next": way.next,
        "aside": sorted(way.aside),
        "at_most": way.at_most,
        "sections": list(way.sections),
        "flags": sorted(flags(shelf=SHELF, answers=answers)),
        "barred": sorted(barred(shelf=SHELF, answers=answers)),
        "advice": {"topics": list(advice.topics), "abuse_safe": advice.abuse_safe},
        "back": page(shelf=SHELF, question=at, answers=answers, language="en").back,
        "progress": [progress(shelf=SHELF, answers=answers, question=at, language=n) for n in LANGUAGES],
    }


def test_the_browser_goes_the_same_way() -> None:
    chance = random.Random(5)
    journeys = [finish(pick=by_chance(chance))[0] for _ in range(JOURNEYS)]
    sets = [some_answers(journeys, chance) for _ in range(SETS)]
    assert sum(not walk(shelf=SHELF, answers=a).is_complete for a in sets) > SETS / 10
    told = in_javascript(
        WALKS, {"shelf": shelf_json(SHELF), "sets": [{i: to_json(a) for i, a in s.items()} for s in sets]}
    )
    for answers, way in zip(sets, told, strict=True):
        # Stored and read again, as the browser has them.
        assert way == in_python({name: from_json(to_json(answer)) for name, answer in answers.items()})


def test_the_browser_reads_choices_and_empty_pages_as_the_server_does() -> None:
    chance = random.Random(8)
    pages: list[tuple[str, Fields]] = []
    for question in SHELF.questions:
        for _ in range(0 if question.tells else 60):
            codes = [*question.options, "not-sure", "", "no-such"]
            typed = ["", "  ", "\n", "a", "x" * (question.limit + 1)]
            values = chance.sample(codes, k=chance.randint(0, 3)) if question.options else [chance.choice(typed)]
            fields: dict[str, list[str]] = {"value": values}
            if question.kind in (Kind.DATE, Kind.DATES, Kind.CONTACT):
                fields = {}
            if chance.random() < 0.2:
                fields["unsure"] = ["1"]
            pages.append((question.id, fields))
    told = in_javascript(READS, {"shelf": shelf_json(SHELF), "pages": pages})
    for (name, fields), found in zip(pages, told, strict=True):
        question = SHELF.by_id[name]
        checked = check(question=question, fields=fields, today=TODAY)
        if found["problems"]:
            # What the browser refuses, the server does too, on the same page and with the same sentence.
            assert [(p.code, p.field) for p in checked.problems] == [
                (p["code"], p["field"]) for p in found["problems"]
            ], (name, fields)
        elif question.options or found["answer"]["state"] != State.GIVEN:
            assert checked.answer and set(checked.answer.codes) == set(
                found["answer"].get("codes") or [found["answer"]["state"]]
            ), (name, fields)


def test_the_words_of_the_page_are_the_same_in_both_languages() -> None:
    english, welsh = (offline_words()[n] for n in LANGUAGES)
    assert list(english) == list(welsh)
    for key, text in english.items():
        other = welsh[key]
        assert type(text) is type(other) and other
        assert not isinstance(text, list) or (len(text) == len(other) and all(other)), key
        marks = {mark for mark in ("{when}", "{number}", "{reference}", "{most}") if mark in text}
        assert all(mark in other for mark in marks), key
        assert text != other or key in {"short_name", "pin_label", "unlock_label"}, key


def test_every_word_that_the_scripts_ask_for_is_there() -> None:
    scripts = "\n".join(path.read_text("utf-8") for path in MODULES.glob("*.js"))
    asked = set(re.findall(r'\btext\("(\w+)"', scripts))
    assert len(asked) > 40 and asked <= set(offline_words()["en"]), asked - set(offline_words()["en"])


def test_the_shelf_in_json_holds_no_more_than_what_is_asked_and_read() -> None:
    held = json.loads(packed().body)
    assert [q["id"] for q in held["questions"]] == [q.id for q in SHELF.questions]
    assert held["shelf"] == SHELF.version
    assert set(held["advice"]) >= {"account-hacked", "sextortion"} and all(held["advice"].values())
