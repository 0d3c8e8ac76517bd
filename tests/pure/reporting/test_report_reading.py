"""Every text is easy to read, complete in both languages, and survives a longer language."""

import re
from dataclasses import replace

import pytest
from report_answers import SHELF, chosen, finish

from bluelamp.kernel.messaging.domain.neutral import giveaways
from bluelamp.reporting.domain.checking import check, sentence
from bluelamp.reporting.domain.problems import ERROR_CODES, Problem
from bluelamp.reporting.domain.question import Question, Shelf, Wording
from bluelamp.reporting.domain.reading import grade, syllables
from bluelamp.reporting.domain.showing import page, rows
from bluelamp.reporting.facts import routes

WHOLE, ONE = 4.0, 6.0  # grades: a reader of nine, and of eleven for a single page
each = pytest.mark.parametrize("question", SHELF.questions, ids=lambda q: q.id)
ENGLISH = [t for q in SHELF.questions for t in q.wording["en"].all_texts]
SHARED = [t for key, t in SHELF.phrases["en"].items() if key != "months"]
KEPT = [r.sentences["en"] for r in SHELF.retentions.values()]


def test_the_whole_is_for_a_reader_of_nine() -> None:
    assert grade([*ENGLISH, *SHARED, *KEPT]) <= WHOLE
    told = [t for q in SHELF.questions for t in (q.wording["en"].hint, q.wording["en"].why, *q.wording["en"].body) if t]
    assert grade(told) <= WHOLE, "the running text alone, without short options"
    assert grade(row.sentences["en"] for row in routes().rows) <= 6


@each
def test_each_page_is_easy(question: Question) -> None:
    assert grade(question.wording["en"].all_texts) <= ONE


def test_the_measure_tells_hard_from_easy() -> None:
    easy = "The cat sat on the mat. It was warm. He likes it there."
    hard = (
        "Notwithstanding considerable organisational deficiencies, investigators subsequently acknowledged that "
        "comprehensive documentation facilitated prosecution of sophisticated international conspiracies."
    )
    assert grade([easy]) < 1 and grade([hard]) > 15 and grade([]) == 0.0
    counted = {"cat": 1, "table": 2, "money": 2, "device": 2, "message": 2, "telephone": 3, "asked": 1, "wanted": 2}
    counted |= {"somebody": 3, "organisation": 5, "idea": 3, "the": 1, "pages": 2, "times": 1, "email": 2, "999": 1}
    assert {word: syllables(word) for word in counted} == counted


# Words that blame, bar, or are of offices; sentences that threaten.
BANNED = r"\b(please|sorry|invalid|forbidden|illegal|must|mandatory|cybercrime|incident|fell for|false report)"


def test_no_word_blames_bars_or_threatens() -> None:
    for text in (*ENGLISH, *SHARED):
        assert not re.search(BANNED, text, re.IGNORECASE), text
    for code in ERROR_CODES:
        assert not re.search(BANNED, SHELF.phrases["en"][code], re.IGNORECASE)


@each
def test_both_languages_say_as_much(question: Question) -> None:
    english, welsh = question.wording["en"], question.wording["cy"]
    same = {"Report Fraud", "Instagram"}
    for one, other in zip(english.all_texts, welsh.all_texts, strict=True):
        assert one != other or one in same, one
        assert sorted(re.findall(r"\d[\d ]*\d", one)) == sorted(re.findall(r"\d[\d ]*\d", other)), one
        assert len(one) < 25 or 0.6 < len(other) / len(one) < 1.8, (one, other)


def test_the_welsh_is_marked_until_somebody_has_read_it() -> None:
    assert all(section.machine_drafted for section in SHELF.sections)


def test_every_phrase_has_the_same_places_to_fill() -> None:
    for key, text in SHELF.phrases["en"].items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", SHELF.phrases["cy"][key])), key
    assert all(len(SHELF.phrases[n]["months"].split(",")) == 12 for n in ("en", "cy"))


def test_names_of_parts_give_nothing_away() -> None:
    """They may stand in the title of a window."""
    assert not [s.id for s in SHELF.sections if giveaways(s.names["en"])]


# A pseudo-locale: longer by half, with marks, and brackets that show where anything was cut.
MARKS = str.maketrans("aeiouyAEIOU", "áéíóúýÁÉÍÓÚ")


def pseudo(text: str) -> str:
    parts = re.split(r"(\{\w+\})", text)
    longer = "".join(part if part.startswith("{") else part.translate(MARKS) for part in parts)
    return f"⟦{longer}{'~' * (len(text) // 2 + 4)}⟧"


def pseudo_wording(w: Wording) -> Wording:
    return Wording(
        label=pseudo(w.label),
        hint=w.hint and pseudo(w.hint),
        why=w.why and pseudo(w.why),
        body=tuple(map(pseudo, w.body)),
        options={c: pseudo(t) for c, t in w.options.items()},
        option_hints={c: pseudo(t) for c, t in w.option_hints.items()},
        not_sure=w.not_sure and pseudo(w.not_sure),
        errors={c: pseudo(t) for c, t in w.errors.items()},
    )


def pseudo_shelf() -> Shelf:
    phrases = {n: {k: t if k == "months" else pseudo(t) for k, t in SHELF.phrases[n].items()} for n in ("en", "cy")}
    return replace(
        SHELF,
        questions=tuple(
            replace(q, wording={n: pseudo_wording(w) for n, w in q.wording.items()}) for q in SHELF.questions
        ),
        sections=tuple(replace(s, names={n: pseudo(t) for n, t in s.names.items()}) for s in SHELF.sections),
        retentions={
            k: replace(r, sentences={n: pseudo(t) for n, t in r.sentences.items()}) for k, r in SHELF.retentions.items()
        },
        phrases=phrases,
    )


LONG = pseudo_shelf()


def whole(text: str) -> bool:
    return text.startswith("⟦") and text.endswith("⟧")


@pytest.mark.parametrize("language", ["en", "cy"])
@each
def test_every_page_shows_a_longer_language_whole(question: Question, language: str) -> None:
    shown = page(shelf=LONG, question=question.id, answers={}, language=language)
    texts = [shown.label, shown.progress, *shown.body, *(t for t in (shown.hint, shown.why, shown.kept) if t)]
    texts += [t for c in shown.choices for t in (c.label, c.hint) if t]
    assert all(map(whole, texts)) and (shown.not_sure == "" or whole(shown.not_sure))
    assert shown.label == pseudo(question.wording[language].label)
    long = LONG.by_id[question.id]
    for code in sorted(ERROR_CODES):
        assert whole(sentence(shelf=LONG, question=long, problem=Problem(code), language=language))


def test_check_answers_show_a_longer_language_whole() -> None:
    held, _ = finish(pick=chosen({"seen-by": "no", "lost": "money", "contact-choice": "not-sure"}), shelf=LONG)
    found = rows(shelf=LONG, answers=held, language="cy")
    assert len(found) > 15
    for row in found:
        assert whole(row.label)
        if LONG.by_id[row.question].options:
            assert all(map(whole, row.lines))


def test_a_very_long_answer_is_shown_to_its_last_letter() -> None:
    from datetime import date

    text = "Ŵ" * (SHELF.by_id["story"].limit - 1) + "!"
    made = check(question=SHELF.by_id["story"], fields={"value": [text]}, today=date(2026, 11, 25)).answer
    assert made is not None
    held, _ = finish(pick=chosen({"seen-by": "no"}))
    row = next(r for r in rows(shelf=SHELF, answers={**held, "story": made}, language="en") if r.question == "story")
    assert row.lines == (text,)
