"""What people type is understood in many forms, refused with a way out, and never harmful."""

import json
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_answers import SHELF, TODAY

from bluelamp.reporting.domain.amounts import AmountError, read_amount
from bluelamp.reporting.domain.checking import MOST_DEVICES, check, sentence
from bluelamp.reporting.domain.dates import DateError, read_about, read_boxes, read_day
from bluelamp.reporting.domain.identifiers import find_postcode, has_right_check_digit, read_numbers
from bluelamp.reporting.domain.journey import fits
from bluelamp.reporting.domain.problems import ERROR_CODES
from bluelamp.reporting.domain.question import Kind
from bluelamp.reporting.domain.showing import shown
from bluelamp.reporting.domain.tidying import plain_form, tidy, tidy_line
from bluelamp.reporting.domain.values import (
    NOT_SURE,
    SKIPPED,
    Answer,
    Codes,
    Device,
    Devices,
    FormError,
    Money,
    NumberKind,
    Precision,
    State,
    When,
    Whereabouts,
    Words,
    from_json,
    to_json,
)

ANY = st.text(st.characters(exclude_categories=()), max_size=60)
BY = SHELF.by_id


def of(question: str, **fields: str | list[str]) -> Answer:
    made = {n.replace("_", "-"): [v] if isinstance(v, str) else v for n, v in fields.items()}
    found = check(question=BY[question], fields=made, today=TODAY)
    assert found.answer is not None, found.problems
    return found.answer


def wrong(question: str, **fields: str | list[str]) -> list[tuple[str, str]]:
    made = {n.replace("_", "-"): [v] if isinstance(v, str) else v for n, v in fields.items()}
    found = check(question=BY[question], fields=made, today=TODAY)
    assert found.answer is None
    for problem in found.problems:
        for language in ("en", "cy"):
            told = sentence(shelf=SHELF, question=BY[question], problem=problem, language=language)
            assert told and "{" not in told
    return [(p.code, p.field) for p in found.problems]


# Text.


@given(ANY)
def test_tidying_is_safe_and_done_once(text: str) -> None:
    done = tidy(text)
    assert tidy(done) == done and done.encode("utf-8") is not None and "\0" not in done and "\r" not in done
    assert {unicodedata.category(c) for c in done if c != "\n"}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    assert not set(done) & set(
        "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe"
    )
    assert "\n" not in tidy_line(text) and tidy_line(tidy_line(text)) == tidy_line(text)
    assert "\n" not in plain_form(text) and plain_form(text) == plain_form(text).strip()


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("a\0b\x07c\x1b[31m", "abc[31m"),
        ("\ud800lone\udfff", "lone"),
        ("safe\u202egnp.exe\u2066", "safegnp.exe"),
        ("zero\u200bwidth\ufeff\u00ad", "zerowidth"),
        ("  a \t b\u00a0c  ", "a b c"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("e\u0301", "é"),
        ("Z" + "\u0300" * 300, "Z" + "\u0300" * 4),
        ("👩\u200d👧 Siân ŵ", "👩\u200d👧 Siân ŵ"),
        ("\u200f\u200e", ""),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("<b>&amp;'\"", "<b>&amp;'\""),
        ("\U000e0041tag\ufffe", "tag"),
    ],
)
def test_hostile_text_loses_what_harms_and_nothing_else(raw: str, kept: str) -> None:
    assert tidy(raw) == kept


def test_text_is_refused_when_too_long_and_never_cut() -> None:
    limit = BY["story"].limit
    assert of("story", value="x" * limit).value == Words("x" * limit)
    assert wrong("story", value="x" * (limit + 1)) == [("too-long", "value")]
    assert wrong("story", value="x" * 10_000_000) == [("too-long", "value")]
    assert wrong("story", value="\u200b \0") == [("missing-text", "value")]
    assert wrong("story") == [("missing-text", "value")] and of("who-details") == SKIPPED
    found = check(question=BY["account"], fields={"value": ["x" * 501]}, today=TODAY).problems[0]
    assert "500" in sentence(shelf=SHELF, question=BY["account"], problem=found, language="en")


# Choices.


def test_choices() -> None:
    assert of("danger", value="yes").value == Codes(("yes",))
    assert of("danger", value="not-sure") == NOT_SURE == of("danger", unsure="1", value="yes")
    assert wrong("danger") == wrong("danger", value="") == [("missing-choice", "value")]
    assert wrong("danger", value=["yes", "no"]) == [("missing-choice", "value")]
    assert wrong("danger", value="perhaps") == [("unknown-option", "value")]
    assert of("lost", value=["things", "money", "money"]).value == Codes(("money", "things")), "in the page's order"
    assert of("lost", value=["money", "not-sure"]).value == Codes(("money",)), "what is sure is kept"
    assert wrong("lost", value=["money", "nothing"]) == [("alone", "value")]
    assert wrong("lost") == [("missing-choices", "value")]
    assert wrong("lost", value=["money"] * 101) == [("too-many", "value")]
    assert of("needs") == SKIPPED


# Days.


@pytest.mark.parametrize(
    ("boxes", "day"),
    [
        (("27", "3", "2026"), date(2026, 3, 27)),
        (("27", "March", "2026"), date(2026, 3, 27)),
        (("27th", "mar.", "26"), date(2026, 3, 27)),
        (("27ain", "Mawrth", "2026"), date(2026, 3, 27)),
        (("01", "o", "2026"), None),
        (
            (
                " 2\N{FULLWIDTH DIGIT SEVEN}",
                "03",
                "\N{FULLWIDTH DIGIT TWO}\N{FULLWIDTH DIGIT ZERO}\N{FULLWIDTH DIGIT TWO}\N{FULLWIDTH DIGIT SIX}",
            ),
            date(2026, 3, 27),
        ),
        (("29", "2", "2024"), date(2024, 2, 29)),
        (("1", "12", "99"), date(1999, 12, 1)),
        (("27/3/2026", "", ""), date(2026, 3, 27)),
        (("25", "11", "2026"), date(2026, 11, 25)),
    ],
)
def test_boxes(boxes: tuple[str, str, str], day: date | None) -> None:
    if day is None:
        with pytest.raises(DateError):
            read_boxes(day=boxes[0], month=boxes[1], year=boxes[2], today=TODAY)
    else:
        assert read_boxes(day=boxes[0], month=boxes[1], year=boxes[2], today=TODAY) == day


@pytest.mark.parametrize(
    ("boxes", "code", "field"),
    [
        (("", "3", "2026"), "day-missing", "day"),
        (("27", "", "2026"), "month-missing", "month"),
        (("27", "3", ""), "year-missing", "year"),
        (("27", "", ""), "month-missing", "month"),
        (("", "", ""), "missing-date", "day"),
        (("30", "2", "2026"), "not-a-date", "day"),
        (("29", "2", "2025"), "not-a-date", "day"),
        (("0", "1", "2026"), "not-a-date", "day"),
        (("x", "1", "2026"), "not-a-date", "day"),
        (("1", "13", "2026"), "not-a-date", "month"),
        (("1", "Smarch", "2026"), "not-a-date", "month"),
        (("1", "1", "202"), "not-a-date", "year"),
        (("1", "1", "²⁰²⁶x"), "not-a-date", "year"),
        (("26", "11", "2026"), "future", "day"),
        (("1", "1", "9999"), "future", "day"),
        (("1", "1", "1900"), "too-early", "year"),
        (("1", "1", "0000"), "too-early", "year"),
        (("\0", "\ud800", "\u202e"), "missing-date", "day"),
        (("9" * 5000, "1", "2026"), "not-a-date", "day"),
    ],
)
def test_wrong_boxes_say_which_and_how(boxes: tuple[str, str, str], code: str, field: str) -> None:
    assert wrong("when-day", day=boxes[0], month=boxes[1], year=boxes[2]) == [(code, field)]


@pytest.mark.parametrize(
    "text",
    [
        "27/3/2026",
        "27-03-26",
        "27.3.2026",
        "27 3 2026",
        "2026-03-27",
        "27 March 2026",
        "27th of March, 2026",
        "March 27 2026",
        "March 27th, 2026",
        "Fri 27 Mar 2026",
        "Friday 27 March",
        "27 march",
        "27mar2026",
        "3/27/2026",
        "27 Mawrth 2026",
        "27ain o Fawrth 2026",
        "Dydd Gwener 27 Mawrth 2026",
        "on the 27th of March",
        "ar 27 Mawrth",
    ],
)
def test_a_day_in_many_forms(text: str) -> None:
    assert read_day(text=text, today=TODAY) == date(2026, 3, 27)


def test_days_that_need_today() -> None:
    assert read_day(text="today", today=TODAY) == read_day(text="Heddiw", today=TODAY) == TODAY
    assert read_day(text="yesterday", today=TODAY) == read_day(text="ddoe", today=TODAY) == date(2026, 11, 24)
    assert read_day(text="26 November", today=TODAY) == date(2025, 11, 26), "the last time that day came"
    assert read_day(text="1/2/2026", today=TODAY) == date(2026, 2, 1), "day first"
    for text in ("", "soon", "31 June 2026", "32/1/2026", "1/1/1/1", "0/0/0", "9" * 500, "13/13/2026"):
        with pytest.raises(DateError):
            read_day(text=text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "first", "last", "precision"),
    [
        ("March 2026", (2026, 3, 1), (2026, 3, 31), Precision.MONTH),
        ("in march", (2026, 3, 1), (2026, 3, 31), Precision.MONTH),
        ("December", (2025, 12, 1), (2025, 12, 31), Precision.MONTH),
        ("3/2026", (2026, 3, 1), (2026, 3, 31), Precision.MONTH),
        ("ym Mawrth 2026", (2026, 3, 1), (2026, 3, 31), Precision.MONTH),
        ("this month", (2026, 11, 1), (2026, 11, 25), Precision.MONTH),
        ("last month", (2026, 10, 1), (2026, 10, 31), Precision.MONTH),
        ("ym mis Mawrth 2026", (2026, 3, 1), (2026, 3, 31), Precision.MONTH),
        ("tri mis yn ôl", (2026, 8, 9), (2026, 9, 14), Precision.ABOUT),
        ("hydref 2025", (2025, 9, 1), (2025, 11, 30), Precision.SEASON),
        ("mis Hydref 2025", (2025, 10, 1), (2025, 10, 31), Precision.MONTH),
        ("mis diwethaf", (2026, 10, 1), (2026, 10, 31), Precision.MONTH),
        ("spring 2026", (2026, 3, 1), (2026, 5, 31), Precision.SEASON),
        ("last summer", (2026, 6, 1), (2026, 8, 31), Precision.SEASON),
        ("haf diwethaf", (2026, 6, 1), (2026, 8, 31), Precision.SEASON),
        ("winter", (2025, 12, 1), (2026, 2, 28), Precision.SEASON),
        ("winter 2024", (2023, 12, 1), (2024, 2, 29), Precision.SEASON),
        ("2025", (2025, 1, 1), (2025, 12, 31), Precision.YEAR),
        ("last year", (2025, 1, 1), (2025, 12, 31), Precision.YEAR),
        ("early March 2026", (2026, 3, 1), (2026, 3, 10), Precision.ABOUT),
        ("end of February 2026", (2026, 2, 21), (2026, 2, 28), Precision.ABOUT),
        ("around Christmas", (2025, 12, 24), (2025, 12, 27), Precision.ABOUT),
        ("last week", (2026, 11, 16), (2026, 11, 22), Precision.ABOUT),
        ("about 3 weeks ago", (2026, 10, 31), (2026, 11, 8), Precision.ABOUT),
        ("three weeks ago", (2026, 10, 31), (2026, 11, 8), Precision.ABOUT),
        ("tair wythnos yn ôl", (2026, 10, 31), (2026, 11, 8), Precision.ABOUT),
        ("a year ago", (2025, 8, 26), (2026, 2, 24), Precision.ABOUT),
        ("yesterday", (2026, 11, 24), (2026, 11, 24), Precision.DAY),
        ("27 March 2026", (2026, 3, 27), (2026, 3, 27), Precision.DAY),
    ],
)
def test_about(text: str, first: tuple[int, int, int], last: tuple[int, int, int], precision: Precision) -> None:
    found = read_about(text=text, today=TODAY)
    assert found is not None
    assert (found.first, found.last, found.precision) == (date(*first), date(*last), precision)


def test_words_that_we_cannot_read_are_kept_and_never_block() -> None:
    for text in ("when the bins were out", "a while back then", "???", "the day of Nain's funeral", "99 years"):
        value = of("when-about", value=text).value
        assert isinstance(value, When) and value.text == text and value.precision is Precision.WORDS
    assert shown(shelf=SHELF, question=BY["when-about"], answer=of("when-about", value="bin day"), language="en") == (
        "in your words: bin day",
    )
    assert wrong("when-about", value="January 2027") == [("future", "value")]
    assert wrong("when-about", value="0000") == wrong("when-about", value="1850") == [("too-early", "value")]
    assert wrong("when-about", value="") == [("missing-about", "value")]


@given(ANY, st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_any_text_is_a_time_or_an_error_of_ours(text: str, today: date) -> None:
    try:
        found = read_about(text=text, today=today)
    except DateError as problem:
        assert problem.code in ERROR_CODES
        return
    if found is not None:
        assert found.first is not None and found.last is not None
        assert found.first <= found.last <= today


@given(st.dates(date(1930, 1, 1), TODAY), st.sampled_from(["{d}/{m}/{y}", "{d} {m} {y}", "{y}-{m}-{d}", "{d}.{m}.{y}"]))
def test_every_day_reads_back(day: date, form: str) -> None:
    assert read_day(text=form.format(d=day.day, m=day.month, y=day.year), today=TODAY) == day


def test_two_days() -> None:
    answer = of(
        "when-between",
        first_day="27",
        first_month="3",
        first_year="2026",
        last_day="29",
        last_month="mar",
        last_year="26",
    )
    assert isinstance(answer.value, When) and answer.value.precision is Precision.RANGE
    told = shown(shelf=SHELF, question=BY["when-between"], answer=answer, language="cy")
    assert told == ("27 Mawrth 2026 i 29 Mawrth 2026",)
    late = {
        "first_day": "29",
        "first_month": "3",
        "first_year": "2026",
        "last_day": "27",
        "last_month": "3",
        "last_year": "2026",
    }
    assert wrong("when-between", **late) == [("end-first", "last-day")]
    assert wrong("when-between") == [("missing-date", "first-day"), ("missing-date", "last-day")]
    both = wrong("when-between", first_day="31", first_month="2", first_year="2026", last_day="1", last_year="2026")
    assert both == [("not-a-date", "first-day"), ("month-missing", "last-month")]


# Money.


@pytest.mark.parametrize(
    ("text", "amount", "currency", "about"),
    [
        ("1250", "1250", "GBP", False),
        ("£1,250.50", "1250.50", "GBP", False),
        ("1,250", "1250", "GBP", False),
        ("1 250", "1250", "GBP", False),
        ("1250.5", "1250.50", "GBP", False),
        ("1.250,50", "1250.50", "GBP", False),
        ("about 300", "300", "GBP", True),
        ("~ £300", "300", "GBP", True),
        ("tua 300 punt", "300", "GBP", True),
        ("300 euros", "300", "EUR", False),
        ("€300", "300", "EUR", False),
        ("US$99.99", "99.99", "USD", False),
        ("2k", "2000", "GBP", False),
        ("£2.5k", "2500", "GBP", False),
        ("2 thousand pounds", "2000", "GBP", False),
        ("1.5m", "1500000", "GBP", False),
        ("0.00125 bitcoin", "0.00125", "BTC", False),
        ("\N{FULLWIDTH DIGIT THREE}\N{FULLWIDTH DIGIT ZERO}\N{FULLWIDTH DIGIT ZERO}", "300", "GBP", False),
        ("300 quid", "300", "GBP", False),
        ("GBP 300.00", "300", "GBP", False),
    ],
)
def test_amounts(text: str, amount: str, currency: str, about: bool) -> None:
    assert read_amount(text=text) == Money(amount, currency, about)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("-5", "money-negative"),
        ("£-5", "money-negative"),
        ("(5)", "money-negative"),
        ("0", "money-zero"),
        ("£0.00", "money-zero"),
        ("1.250", "money-unclear"),
        ("1,25", "money-unclear"),
        ("12,34,56", "money-unclear"),
        ("lots", "money-unclear"),
        ("5 shells", "money-unclear"),
        ("£5 euros", "money-unclear"),
        ("1e9", "money-unclear"),
        ("NaN", "money-unclear"),
        ("9" * 20, "money-too-large"),
        ("9" * 100, "money-unclear"),
        ("10000000m", "money-too-large"),
        ("٣٠٠ and 5", "money-unclear"),
    ],
)
def test_what_is_no_amount(text: str, code: str) -> None:
    with pytest.raises(AmountError) as caught:
        read_amount(text=text)
    assert caught.value.code == code and wrong("money", value=text) == [(code, "value")]


@given(ANY)
def test_any_text_is_an_amount_or_an_error_of_ours(text: str) -> None:
    try:
        assert float(read_amount(text=text).amount) > 0
    except AmountError as problem:
        assert problem.code in ERROR_CODES


def test_money_is_shown_as_understood() -> None:
    for text, told in (("about 1250.5", "about £1,250.50"), ("300 euros", "€300"), ("0.5 btc", "0.5 BTC")):
        assert shown(shelf=SHELF, question=BY["money"], answer=of("money", value=text), language="en") == (told,)


# Places, devices, numbers, contact.


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("cf101aa", "CF10 1AA"),
        ("near the library, CF10 1AA, Cardiff", "CF10 1AA"),
        ("sw1a1aa", "SW1A 1AA"),
        ("CF10", "CF10"),
        ("M25", "M25"),
        ("on the M25 by the bridge", ""),
        ("Hay-on-Wye", ""),
        ("", ""),
        (
            "".join(chr(ord(c) + 0xFEE0) for c in "CF101AA"),
            "CF10 1AA",
        ),
        ("XCF10 1AAX", ""),
        ("EC1A 1BB", "EC1A 1BB"),
        ("order 12AB", ""),
    ],
)
def test_postcodes(text: str, postcode: str) -> None:
    assert find_postcode(text) == postcode


def test_places_are_kept_in_words() -> None:
    answer = of("where-place", value="by the station\nTower Hamlets")
    assert answer.value == Whereabouts("by the station\nTower Hamlets", "")
    assert wrong("where-place", value=" ") == [("missing-place", "value")]
    assert of("where-place", unsure="x") == NOT_SURE and of("home-area") == SKIPPED


def test_devices() -> None:
    assert of("device", product="ring:videodoorbell", value="").value == Devices((Device("ring:videodoorbell", ""),))
    assert of("device", value="iPhone 7").value == Devices((Device("", "iPhone 7"),)), "I cannot find it"
    two = of("device", product=["ring:videodoorbell", ""], value=["my bell", "Dell computer"])
    assert two.value == Devices((Device("ring:videodoorbell", "my bell"), Device("", "Dell computer")))
    assert of("device", product="'; DROP TABLE--", value="tv").value == Devices((Device("", "tv"),))
    assert wrong("device", product="<script>") == wrong("device") == [("missing-device", "value")]
    assert wrong("device", value=[f"tv {i}" for i in range(MOST_DEVICES + 1)]) == [("too-many", "value")]
    assert wrong("device", value="x" * 201) == [("too-long", "value")]


def test_numbers_of_devices() -> None:
    found = read_numbers("IMEI: 49-015420-323751-8\nSerial no. c02 xyz\nMAC 00-1A-2b-3C-4d-5E; 490154203237519")
    assert [(n.kind, n.text, n.fits) for n in found] == [
        (NumberKind.IMEI, "490154203237518", True),
        (NumberKind.SERIAL, "C02 XYZ", True),
        (NumberKind.MAC, "00:1a:2b:3c:4d:5e", True),
        (NumberKind.IMEI, "490154203237519", False),
    ]
    assert has_right_check_digit("490154203237518") and not has_right_check_digit("490154203237581")
    answer = of("device-numbers", value="490154203237519")
    assert (
        "one figure may be wrong" in shown(shelf=SHELF, question=BY["device-numbers"], answer=answer, language="en")[0]
    )
    assert wrong("device-numbers", value="\n".join(f"A{i}" for i in range(11))) == [("too-many", "value")]
    assert wrong("device-numbers", value="A" * 65) == [("too-long", "value")]
    assert of("device-numbers", value=" - ") == SKIPPED
    assert wrong("device-numbers", value="1," * 1001) == [("too-long", "value")]


def test_contact() -> None:
    assert shown(
        shelf=SHELF,
        question=BY["contact"],
        answer=of("contact", email=" Name@Example.COM ", phone="07700 900123"),
        language="en",
    ) == ("name@example.com", "+447700900123")
    assert wrong("contact", email="a@b\r\nBcc: x@y.z", phone="12") == [("bad-email", "email"), ("bad-phone", "phone")]
    assert of("contact") == SKIPPED and wrong("safe-number") == [("missing-contact", "phone")]
    only = check(question=BY["safe-number"], fields={"email": ["name@example.com"]}, today=TODAY)
    assert only.answer is None, "a call needs a number"


# All kinds.

fields = st.dictionaries(
    st.sampled_from(
        ["value", "day", "month", "year", "first-day", "last-year", "product", "email", "phone", "unsure", "x"]
    ),
    st.lists(ANY, max_size=4),
)


@given(st.sampled_from(SHELF.questions), fields)
def test_any_fields_give_an_answer_that_fits_or_problems_with_words(question, fields) -> None:  # type: ignore[no-untyped-def]
    found = check(question=question, fields=fields, today=TODAY)
    assert (found.answer is None) == bool(found.problems)
    if found.answer is None:
        for problem in found.problems:
            assert problem.code in ERROR_CODES
            told = sentence(shelf=SHELF, question=question, problem=problem, language="cy")
            assert not told.startswith("{") and "\0" not in told
        return
    assert fits(question=question, answer=found.answer)
    json.dumps(to_json(found.answer)).encode("ascii")
    assert from_json(json.loads(json.dumps(to_json(found.answer)))) == found.answer
    if not question.tells:
        told_lines = shown(shelf=SHELF, question=question, answer=found.answer, language="en")
        assert told_lines and "\n".join(told_lines).encode("utf-8")


@pytest.mark.parametrize("question", [q for q in SHELF.questions if not q.tells], ids=lambda q: q.id)
def test_not_sure_is_valid_everywhere(question) -> None:  # type: ignore[no-untyped-def]
    name = {"value": ["not-sure"]} if question.options else {"unsure": ["1"]}
    assert check(question=question, fields=name, today=TODAY).answer == NOT_SURE
    assert fits(question=question, answer=NOT_SURE)


def test_every_error_can_happen_to_some_kind() -> None:
    kinds = {q.kind for q in SHELF.questions}
    assert kinds == set(Kind), "every kind is used, so that every kind is tested"


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"state": "given"},
        {"state": "perhaps"},
        {"state": "given", "type": "nonesuch"},
        {"state": "given", "type": "words"},
        {"state": "given", "type": "words", "text": 5},
        {"state": "given", "type": "codes", "codes": [1]},
        {"state": "given", "type": "words", "text": "a", "x": 1},
        {"state": "given", "type": "when", "first": "soon", "last": None, "precision": "day", "text": ""},
        {"state": "given", "type": "devices", "devices": [{}]},
        {"state": "given", "type": "money", "amount": 1, "currency": "GBP", "about": False},
    ],
)
def test_a_broken_stored_answer_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(FormError):
        from_json(raw)


def test_an_answer_has_a_value_exactly_if_given() -> None:
    with pytest.raises(FormError):
        Answer(State.GIVEN)
    with pytest.raises(FormError):
        Answer(State.SKIPPED, Words("x"))
