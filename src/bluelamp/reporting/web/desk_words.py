"""Codes of the desk in words: states, flags, duties, acts, bodies, times."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from bluelamp.kernel.people.domain.scopes import NATIONAL
from bluelamp.reporting.domain.casework import Named
from bluelamp.reporting.domain.question import NOT_SURE_CODE, chosen_language
from bluelamp.reporting.domain.routing import body_name
from bluelamp.reporting.facts import desk, routes
from bluelamp.reporting.questions import questions
from bluelamp.ui.labels import Label

STATES: dict[str, Label] = {
    "to-decide": _("To decide"),
    "waits-for-number": _("Waits for a crime number"),
    "received": _("Received"),
    "registered": _("Registered"),
    "recorded": _("Recorded as a crime"),
    "not-recorded": _("Not recorded"),
    "handed-over": _("Handed over"),
    "withdrawn": _("Taken back by its reporter"),
    "any": _("All"),
}
OUTCOMES: dict[str, Label] = {
    "recorded": _("To be recorded as a crime"),
    "not-recorded": _("Not recorded"),
    "handed-over": _("Handed over"),
    "advised": _("Answered with advice"),
    "duplicate": _("The same report again"),
}
LEVELS: dict[str, Label] = {"immediate": _("At once"), "today": _("Today"), "soon": _("Soon")}
CHANNELS: dict[str, Label] = {
    "web": _("Web page"),
    "offline": _("Web page, sent later"),
    "bulk": _("Many in one file"),
    "api": _("A program"),
    "open311": _("Open311"),
    "desk": _("An officer"),
}
FLAGS: dict[str, Label] = {
    "danger": _("Somebody may be in danger"),
    "self-harm": _("Somebody may harm themselves"),
    "threat-to-kill": _("A threat to kill"),
    "weapon": _("A weapon may be involved"),
    "stalking": _("Stalking or tracking"),
    "money-now": _("Money can still be stopped"),
    "vulnerable": _("A vulnerable person"),
    "watched": _("Somebody may watch the device"),
    "abuse": _("Somebody close may do harm"),
    "child": _("Under 18"),
    "child-images": _("May be pictures of children"),
    "live-attack": _("An attack is going on"),
    "call-back": _("Asks for a call at a safe time"),
    "unsafe-contact": _("Messages are not safe"),
}
DUTIES: dict[str, Label] = {
    "danger": _("Danger"),
    "abuse": _("Abuse"),
    "child": _("A child"),
    "live-attack": _("An attack that goes on"),
    "vulnerable": _("A vulnerable person"),
    "money-now": _("Money can still be stopped"),
    "call-back": _("Call back"),
    "complaint": _("Complaint"),
    "wrote-again": _("The reporter wrote again"),
    "took-back": _("Taken back: was it really the reporter?"),
    "hand-over": _("A hand-over came back"),
    "review-informant": _("Reports often: is somebody used as an informant?"),
}
FLAG_SOURCES: dict[str, Label] = {
    "answer": _("from an answer"),
    "rule": _("from several answers"),
    "words": _("from words in the report"),
    "model": _("from the model that reads for danger"),
    "user": _("by an officer"),
}
ACTS: dict[str, Label] = {
    "received": _("Came in"),
    "registered": _("Registered"),
    "assigned": _("Given to an officer"),
    "put-back": _("Put back"),
    "decided": _("Decided"),
    "explained": _("Decision explained to the reporter"),
    "recorded": _("Crime recorded"),
    "crime-cancelled": _("Crime record cancelled"),
    "handed-over": _("Handed over"),
    "acknowledged": _("Hand-over acknowledged"),
    "returned": _("Came back"),
    "asked": _("Reporter was asked"),
    "answered": _("Written to the reporter"),
    "note": _("Note written"),
    "disclosed": _("Given to an organisation"),
    "disclosure-ended": _("Giving ended"),
    "linked": _("Link decided"),
    "campaign-joined": _("Joined a campaign"),
    "campaign-left": _("Left a campaign"),
    "duty-seen": _("Duty acknowledged"),
    "duty-done": _("Duty done"),
    "kept": _("Kept after review"),
    "erased": _("Erased"),
    "wrote": _("Reporter wrote"),
    "added": _("Reporter added something"),
    "corrected": _("Reporter corrected something"),
    "complained": _("Reporter complained"),
    "asked-call": _("Reporter asked for a call"),
    "took-back": _("Reporter took it back"),
    "wished-back": _("Reporter wishes to take it back"),
}
ROLES: dict[str, Label] = {
    "reporter": _("Reporter"),
    "words-only": _("Somebody with the words"),
    "system": _("The program"),
}
POSTS: dict[str, Label] = {
    "message": _("Message"),
    "addition": _("Addition"),
    "correction": _("Correction"),
    "withdrawal": _("Taking it back"),
    "complaint": _("Complaint"),
    "question": _("Question"),
    "answer": _("Answer"),
    "decision": _("Decision"),
    "helped": _("It helped"),
}
LINKS: dict[str, Label] = {
    "suggested": _("Suggested"),
    "linked": _("Linked"),
    "duplicate": _("The same report again"),
    "apart": _("Not the same"),
}
LINK_REASONS: dict[str, Label] = {
    "officer": _("An officer linked them"),
    "same-number": _("The same device number"),
    "same-contact": _("The same way to reach the person"),
    "same-account": _("The same account for money"),
    "same-address": _("The same address or number of the other side"),
    "same-host": _("The same website"),
    "same-text": _("The same words"),
    "similar-text": _("Like words"),
    "same-device-near": _("The same kind of device, near in place and time"),
    "same-crime-near": _("The same kind of crime, near in place and time"),
}
PROBLEMS: dict[str, Label] = {
    "text": _("Write the text that the reporter reads."),
    "text-long": _("The text is too long: 4,000 characters at most."),
    "welsh": _("Write the text in Welsh too: somebody wrote to us in Welsh."),
    "welsh-long": _("The Welsh text is too long: 4,000 characters at most."),
    "more": _("Write what you ask for."),
    "more-long": _("The addition is too long: 1,000 characters at most."),
    "title": _("Give the campaign a name that names nobody."),
    "title-long": _("The name is too long: 120 characters at most."),
    "reason": _("Choose a reason."),
    "outcome": _("Choose what is decided."),
    "offence": _("Enter an offence code from the list."),
    "number": _("Enter the crime number, 40 characters at most."),
    "number-taken": _("This force has given that number to another crime."),
    "to": _("Choose to whom the report goes."),
    "reference": _("Enter the reference."),
    "request": _("Choose what you ask for."),
    "person": _("Choose an officer who may work on it."),
    "how": _("Choose what was done."),
    "state": _("Choose what the two reports are."),
    "parts": _("Choose at least one part."),
    "purpose": _("Choose the purpose."),
    "basis": _("Choose the lawful basis."),
    "until": _("Enter a day after today, at most a year from now."),
    "organisation": _("Choose an organisation."),
    "acknowledged-already": _("Somebody else sees to it already."),
    "not-acknowledged": _("First say that you see to it."),
    "done-already": _("It is done already."),
    "own-decision": _("You decided on this report: somebody else must see to the complaint."),
    "handed-over-open": _("It is handed over and nobody has acknowledged it yet. Take it back first."),
    "recorded-already": _("It is recorded as a crime. A registrar must cancel the record first."),
    "recorded-not-recorded": _("It is recorded as a crime. A registrar must cancel the record first."),
    "recorded-handed-over": _("It is recorded as a crime. A registrar must cancel the record first."),
    "not-decided": _("Nobody decided that it is a crime, or it has its number."),
    "not-recorded-yet": _("There is no crime record to cancel."),
    "not-open": _("This hand-over is not open any more."),
    "outside": _("This body is outside the program: note its reference instead."),
    "not-closed": _("It is not closed: there is nothing to review."),
    "not-due": _("Its day of review has not come."),
    "open-duty": _("A duty is open: see to it first."),
    "no-erasing": _("Erasing is not part of this version. Nothing was erased."),
    "erased": _("It was erased."),
    "disclosure-over": _("The time of this giving is over."),
    "campaign-full": _("A campaign holds 500 reports at most."),
    "other-origin": _("Reports of an exercise or a test have campaigns of their own."),
}
LEFT: dict[str, Label] = {
    "erased": _("erased"),
    "other-scope": _("of another force"),
    "closed": _("closed already"),
    "decided": _("decided already"),
    "danger": _("danger: decide it by itself"),
    "children": _("may hold pictures of children: decide it by itself"),
}


_routes = cache(routes)


def problem_words(code: str) -> Label:
    """What is wrong, and what to do."""
    return PROBLEMS.get(code, _("This cannot be done with the report as it is now."))


def body_words(body: str) -> str:
    """The name of who works on a report, or of where it goes."""
    if body == NATIONAL:
        return gettext("the whole country")
    try:
        return body_name(routes=_routes(), body=body, language=get_language() or "en")
    except KeyError:
        return body.rpartition(":")[2]


def kind_words(code: str) -> str:
    """A kind of crime, as the reporter's page names it."""
    words = questions().by_id["what-happened"].wording[chosen_language(get_language() or "en")]
    if code == NOT_SURE_CODE:
        return words.not_sure or questions().phrase(key=NOT_SURE_CODE, language=get_language() or "en")
    return words.options.get(code, code)


def named(name: str) -> list[tuple[str, str]]:
    """A list of the desk's table as code and name, in the reader's language."""
    return [(code, row.name(get_language() or "en")) for code, row in desk().lists[name].items()]


def name_of(rows: Mapping[str, Named], code: str) -> str:
    """The name of one code; the code itself where the table knows it no more."""
    row = rows.get(code)
    return row.name(get_language() or "en") if row else code


def reason_words(code: str) -> str:
    """The name of a decision's reason."""
    found = desk().reasons.get(code)
    return found.name(get_language() or "en") if found else code


def clock_words(*, due: datetime, now: datetime) -> str:
    """How long is left, or how late it is: "12 minutes left", "late by 2 hours"."""
    span = _span(abs(due - now))
    return gettext("%(span)s left") % {"span": span} if due > now else gettext("late by %(span)s") % {"span": span}


def age_words(*, since: datetime, now: datetime) -> str:
    """How long ago something was, roughly."""
    return _span(max(now - since, timedelta(0)))


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
