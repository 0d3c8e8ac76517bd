"""The shapes of the API with which programs send reports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, StringConstraints

Language = Literal["en", "cy"]
State = Literal["received", "registered", "recorded", "not-recorded", "handed-over", "withdrawn"]
MOST_ROWS = 500
_LONGEST = 10_000
# No text holds this character.
NO_NUL = r"^[^\x00]*$"
Text = Annotated[str, StringConstraints(max_length=_LONGEST, pattern=NO_NUL)]
Short = Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)]
Id = Annotated[str, StringConstraints(max_length=60, pattern=r"^[a-z0-9-]+$")]
EXAMPLE_ANSWERS: dict[str, Any] = {
    "danger": "no",
    "seen-by": "no",
    "urgent": "none",
    "what-happened": ["camera-accessed"],
    "threats": "no",
    "story": "Somebody spoke through the camera in the hall.",
    "affected": ["camera"],
    "device": [{"product": "", "text": "Doorbell in the hall"}],
    "when": "exact",
    "when-day": "2026-03-27",
    "where": "place",
    "where-place": "CF10 1AA",
    "contact-choice": "anonymous",
}
EXAMPLE_REPORT: dict[str, Any] = {"language": "en", "unanswered": "not-sure", "answers": EXAMPLE_ANSWERS}


class Wrong(Schema):
    """What is wrong with the answer to one question."""

    question: str = Field(description="The id of the question.")
    field: str = Field(description="The part of its answer, such as `day`.")
    code: str = Field(description="The problem, by a code that stays.")
    sentence: str = Field(description="What to do, for a person to read, in the language of the report.")


class Problem(Schema):
    """An error, in the form of RFC 9457."""

    type: str = Field("about:blank", description="What kind of problem; about:blank where the status says it all.")
    title: str = Field(description="The problem in a few words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field("", description="What is wrong with this request, and what to do.")
    problems: list[Wrong] = Field([], description="What is wrong with each answer (422).")


class Strict(Schema):
    """What we take in: no member that we do not know, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid")


class DayIn(Strict):
    """A day in three parts, in figures or words."""

    day: Short
    month: Short
    year: Short


class DaysIn(Strict):
    """From a day to a day, both included."""

    first: Short | DayIn
    last: Short | DayIn


class DeviceIn(Strict):
    """A device: the key of a product of our catalogue, words for it, or both."""

    product: Short = ""
    text: Short = ""


class ContactIn(Strict):
    """Ways to reach the person."""

    email: Short = ""
    phone: Short = ""


class NotSureIn(Strict):
    """The person is not sure, which is always an answer."""

    not_sure: Literal[True]


AnswerIn = (
    Text
    | Annotated[list[Annotated[Short | DeviceIn, Field()]], Field(max_length=100)]
    | NotSureIn
    | DayIn
    | DaysIn
    | ContactIn
    | None
)


class ReportIn(Strict):
    """One report. `GET /api/v1/reports/questions` has the questions, docs/reference/api-reports.md the forms."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE_REPORT]})

    answers: Annotated[dict[Id, AnswerIn], Field(min_length=1, max_length=100, description="Answers by question.")]
    language: Language = Field("en", description="The language in which the person is written to.")
    unanswered: Literal["refuse", "not-sure"] = Field(
        "refuse",
        description="What becomes of questions that are asked and not answered: an error, or `not sure`. Questions "
        "with `must_be_said` are an error in any case. Optional ones may always be left out.",
    )


class ManyIn(Strict):
    """Up to 500 reports."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reports": [EXAMPLE_REPORT]}]})

    reports: Annotated[list[ReportIn], Field(min_length=1, max_length=MOST_ROWS)]


class SentOut(Schema):
    """A report that was taken in. With the reference and the words its reporter follows it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reference": "7HK-2MR-W4X",
                    "words": "amber canoe dusk fern gravel hinge",
                    "again": False,
                    "aside": [],
                    "note": "Pass reference and words on to the person and keep the words nowhere.",
                }
            ]
        }
    )

    reference: str
    words: str = Field(description="Six words that open the report; empty where it was taken in before: not kept.")
    again: bool = Field(description="Whether it had been taken in before under the same key.")
    aside: list[str] = Field(description="Questions that are not asked with these answers; they were not sent.")
    note: str = Field(description="What to do with the words, or why there are none.")


class RowOut(Schema):
    """What became of one row of many, counted from 1."""

    row: int
    outcome: Literal["taken", "again", "refused", "conflict", "not-tried"]
    reference: str = ""
    words: str = ""
    problems: list[Wrong] = []


class ManyOut(Schema):
    """What became of each row, in their order."""

    taken: int
    again: int
    refused: int
    not_tried: int = Field(description="Rows that time did not reach: send the same again under the same key.")
    rows: list[RowOut]


class WordsIn(Strict):
    """The words that open a report. They never stand in an address, which logs and histories keep."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"words": "amber canoe dusk fern gravel hinge"}]}
    )

    words: Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=NO_NUL)]


class StateOut(Schema):
    """How a report stands. One in quiet mode is only ever `received`."""

    reference: str
    state: State
    received_at: datetime


class OwnOut(Schema):
    """One page of what a program sent, newest first."""

    total: int
    page: int
    pages: int
    reports: list[StateOut]


class ByLanguage(Schema):
    """A text in both languages; the Welsh of the questions is a draft until a speaker has read it."""

    en: str
    cy: str


class SectionOut(Schema):
    """A part of the journey."""

    id: str
    name: ByLanguage
    machine_drafted: bool


class OptionOut(Schema):
    """One answer that can be chosen."""

    code: str
    label: ByLanguage
    hint: ByLanguage


class QuestionOut(Schema):
    """One question. `asked_if` null: always. `alone`: options that cannot be chosen with others."""

    id: str
    section: str
    kind: Literal[
        "choice", "choices", "text", "date", "dates", "about", "place", "device", "numbers", "contact", "money"
    ]
    optional: bool
    must_be_said: bool = Field(description="`Not sure` raises an alarm here: only the person may choose it.")
    never_show_again: bool = Field(description="Never show the answer outside the form: somebody may look.")
    asked_if: dict[str, Any] | None
    limit: int
    ways: list[str]
    alone: list[str]
    options: list[OptionOut]
    label: ByLanguage
    hint: ByLanguage
    why: ByLanguage
    not_sure: ByLanguage
    kept: ByLanguage


class ShelfOut(Schema):
    """All questions in their order. `version` changes with them."""

    version: str
    sections: list[SectionOut]
    questions: list[QuestionOut]
