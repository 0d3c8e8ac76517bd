"""The way through the questions: which pages are asked, which comes next, what is sent.

Questions look only at questions before them, so one pass over the shelf decides, and every journey ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bluelamp.kernel.advice.domain.crimes import CRIMES
from bluelamp.reporting.domain.conditions import holds
from bluelamp.reporting.domain.question import CHOOSING, Flag, Kind, Question, Shelf, chosen_language
from bluelamp.reporting.domain.values import (
    Answer,
    Codes,
    Contact,
    Devices,
    Money,
    Numbers,
    Seen,
    State,
    When,
    Whereabouts,
    Words,
)

Answers = Mapping[str, Answer]

_VALUE_OF = {
    Kind.INFO: Seen,
    Kind.CHECK: Seen,
    Kind.CHOICE: Codes,
    Kind.CHOICES: Codes,
    Kind.TEXT: Words,
    Kind.DATE: When,
    Kind.DATES: When,
    Kind.ABOUT: When,
    Kind.PLACE: Whereabouts,
    Kind.DEVICE: Devices,
    Kind.NUMBERS: Numbers,
    Kind.CONTACT: Contact,
    Kind.MONEY: Money,
}
# What the program must not do with a report, by RED-LINES 8. Here and not in a file: no force may loosen it.
EVERYTHING = frozenset({"draft", "save", "download", "message", "install"})
_BARRED: dict[Flag, frozenset[str]] = {
    Flag.WATCHED: EVERYTHING,
    Flag.ABUSE: frozenset({"draft", "install"}),
    Flag.UNSAFE_CONTACT: frozenset({"message"}),
}


@dataclass(frozen=True)
class Walk:
    """Where a person stands.

    `asked`: answered pages in their order. `next`: the page to show, "" when everything is sent. `in_effect`: the
    answers that count. `aside`: answers of pages that are not asked now or not yet; they are kept, not sent, and count
    again when the page comes. `at_most`: how many pages can still come, the next one included. `sections`: those that
    come or may.
    """

    asked: tuple[str, ...]
    next: str
    in_effect: Answers
    aside: Answers
    at_most: int
    sections: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to answer or send."""
        return not self.next

    def reaches(self, question: str) -> bool:
        """Whether a page may be shown now: it was answered, or it is the next."""
        return question in self.asked or question == self.next

    def before(self, question: str) -> str:
        """The page that "back" leads to; "" from the first, and from a page that is not asked."""
        pages = (*self.asked, self.next)
        place = pages.index(question) if question in pages else 0
        return pages[place - 1] if place else ""


@dataclass(frozen=True)
class Advising:
    """Which texts of advice a page shows (their ids), and whether in the variant safe from abuse."""

    topics: tuple[str, ...]
    abuse_safe: bool

    @property
    def seen(self) -> Seen:
        """What is kept when the page was read."""
        return Seen(self.topics, self.abuse_safe)


def walk(*, shelf: Shelf, answers: Answers) -> Walk:
    """Where these answers lead. Answers that do not fit the shelf (of another version) do not count."""
    in_effect: dict[str, Answer] = {}
    codes: dict[str, frozenset[str]] = {}
    still_open: set[str] = set()
    sections: dict[str, None] = {}
    following, at_most = "", 0
    for question in shelf.questions:
        verdict = holds(condition=question.asked_if, codes=codes, still_open=still_open)
        if verdict is False:
            continue
        sections[question.section] = None
        answer = _fitting(shelf, question, answers, in_effect)
        if following or answer is None:
            still_open.add(question.id)
            following = following or question.id
            at_most += answer is None or question.tells
        else:
            in_effect[question.id] = answer
            codes[question.id] = answer.codes
    return Walk(
        asked=tuple(in_effect),
        next=following,
        in_effect=in_effect,
        aside={i: a for i, a in answers.items() if i not in in_effect},
        at_most=at_most,
        sections=tuple(sections),
    )


def sent(*, shelf: Shelf, answers: Answers) -> Answers:
    """What a report holds: the answers in effect, without pages that only tell."""
    return {i: a for i, a in walk(shelf=shelf, answers=answers).in_effect.items() if not shelf.by_id[i].tells}


def through_telling(*, shelf: Shelf, answers: Answers) -> Answers:
    """The same with every page that only tells counted as read, for programs that show no pages."""
    full = dict(answers)
    while (way := walk(shelf=shelf, answers=full)).next and shelf.by_id[way.next].tells:
        question = shelf.by_id[way.next]
        full[question.id] = Answer(State.GIVEN, _advising(shelf, question, way.in_effect).seen)
    return full


def fits(*, question: Question, answer: Answer) -> bool:
    """Whether an answer has the form that a question asks for."""
    if answer.state is State.NOT_SURE:
        return not question.tells
    if answer.state is State.SKIPPED:
        return question.optional
    if not isinstance(answer.value, _VALUE_OF[question.kind]):
        return False
    if isinstance(answer.value, Codes):
        codes = answer.value.codes
        many = question.kind is Kind.CHOICES
        return bool(codes) and set(codes) <= set(question.options) and (many or len(codes) == 1)
    return True


def flags(*, shelf: Shelf, answers: Answers) -> frozenset[Flag]:
    """What the answers in effect say about safety."""
    return _flags(shelf, walk(shelf=shelf, answers=answers).in_effect)


def barred(*, shelf: Shelf, answers: Answers) -> frozenset[str]:
    """What must not be done: `draft` (on the device), `save` (to come back later), `download`, `message`, `install`.

    Everything, until the person says that nobody they know can see the device.
    """
    raised = flags(shelf=shelf, answers=answers)
    if Flag.PRIVATE not in raised:
        return EVERYTHING
    return frozenset(what for flag in raised for what in _BARRED.get(flag, ()))


def advising(*, shelf: Shelf, question: Question, answers: Answers) -> Advising:
    """The advice on a page, for a person with these answers."""
    return _advising(shelf, question, walk(shelf=shelf, answers=answers).in_effect)


def progress(*, shelf: Shelf, answers: Answers, question: str, language: str) -> str:
    """Where a page stands, in words: "Part 3 of 7: when it happened". Parts that cannot come are not counted."""
    way = walk(shelf=shelf, answers=answers)
    section = shelf.by_id[question].section
    parts = way.sections if section in way.sections else (*way.sections, section)
    names = {s.id: s.names[chosen_language(language)] for s in shelf.sections}
    text = shelf.phrase(key="progress", language=language)
    number, count = str(parts.index(section) + 1), str(len(parts))
    return text.replace("{number}", number).replace("{count}", count).replace("{name}", names[section])


def _fitting(shelf: Shelf, question: Question, answers: Answers, in_effect: Answers) -> Answer | None:
    answer = answers.get(question.id)
    if answer is None or not fits(question=question, answer=answer):
        return None
    if isinstance(answer.value, Seen):
        # Other advice than was read: the page comes again. The safe variant counts for both, since somebody who goes
        # back after naming a partner reads that one.
        now = _advising(shelf, question, in_effect)
        if answer.value.topics != now.topics or now.abuse_safe > answer.value.abuse_safe:
            return None
    return answer


def _advising(shelf: Shelf, question: Question, in_effect: Answers) -> Advising:
    chosen = in_effect[question.topics_from].codes if question.topics_from in in_effect else frozenset()
    options = shelf.by_id[question.topics_from].options if question.topics_from else ()
    topics = (*question.topics, *(code for code in options if code in chosen and code in CRIMES))
    if not topics and not question.helplines:
        return Advising((), False)
    return Advising(topics, bool(_flags(shelf, in_effect) & {Flag.WATCHED, Flag.ABUSE}))


def _flags(shelf: Shelf, in_effect: Answers) -> frozenset[Flag]:
    found: set[Flag] = set()
    for name, answer in in_effect.items():
        question = shelf.by_id[name]
        if question.kind in CHOOSING:
            for code in answer.codes:
                found |= question.flags.get(code, frozenset())
    return frozenset(found)
