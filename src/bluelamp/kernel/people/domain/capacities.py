"""The capacities in which people act. The public and reporters have none: they need no account."""

from dataclasses import dataclass

from bluelamp.kernel.people.domain.vetting import FORCE_DATA, SENSITIVE_DATA

NATIONAL, FORCE, ORGANISATION = "national", "force", "organisation"


@dataclass(frozen=True)
class Capacity:
    """A capacity: for which kinds of scope it can be granted, and which vetting levels it needs (any one of them).

    `apart_from` names capacities that the same person may not hold at the same time.
    """

    code: str
    title: str
    does: str
    scopes: frozenset[str]
    vetting: frozenset[str] = frozenset()
    apart_from: frozenset[str] = frozenset()


def _capacity(
    code: str,
    title: str,
    does: str,
    *scopes: str,
    vetting: frozenset[str] = frozenset(),
    apart_from: frozenset[str] = frozenset(),
) -> Capacity:
    return Capacity(code, title, does, frozenset(scopes), vetting, apart_from)


_LIST = (
    _capacity(
        "supporting-organisation",
        "Supporting organisation",
        "Reports on behalf of people, receives referrals, reviews advice",
        ORGANISATION,
    ),
    _capacity(
        "triage-officer",
        "Triage officer",
        "Reads reports and decides what happens next",
        FORCE,
        NATIONAL,
        vetting=FORCE_DATA,
    ),
    _capacity(
        "crime-registrar",
        "Crime registrar",
        "Checks that crimes are recorded as the rules say",
        FORCE,
        vetting=FORCE_DATA,
    ),
    _capacity(
        "safeguarding-officer",
        "Safeguarding officer",
        "Handles danger, abuse and children",
        FORCE,
        NATIONAL,
        vetting=SENSITIVE_DATA,
    ),
    _capacity(
        "control-room-operator", "Control-room operator", "Works on incidents from sensors", FORCE, vetting=FORCE_DATA
    ),
    _capacity("analyst", "Analyst", "Builds editions and reads the watch list", FORCE, NATIONAL, vetting=FORCE_DATA),
    _capacity("head-of-profession", "Head of profession", "Signs off editions", NATIONAL, vetting=FORCE_DATA),
    _capacity("outreach-author", "Outreach author", "Writes alerts and advice", FORCE, NATIONAL, vetting=FORCE_DATA),
    _capacity(
        "outreach-approver", "Outreach approver", "Approves alerts and advice", FORCE, NATIONAL, vetting=FORCE_DATA
    ),
    _capacity(
        "cyber-authority-approver",
        "Cyber-authority approver",
        "Checks alerts for the national cyber authority",
        NATIONAL,
    ),
    _capacity("maker", "Maker", "Sees the evidence about its own products and replies", ORGANISATION),
    _capacity("partner-analyst", "Partner analyst", "Exchanges sightings and indicators", ORGANISATION),
    _capacity("learner", "Learner", "Takes lessons", FORCE, ORGANISATION, NATIONAL),
    _capacity(
        "specials-coordinator",
        "Specials' coordinator",
        "Finds and deploys cyber specials",
        FORCE,
        NATIONAL,
        vetting=FORCE_DATA,
    ),
    _capacity("special", "Special", "Volunteers skills, with or without powers", FORCE, vetting=FORCE_DATA),
    _capacity("employer", "Employer", "Lends employees as specials", ORGANISATION),
    _capacity(
        "administrator",
        "Administrator",
        "Keeps accounts and the system; has no access to reports",
        NATIONAL,
        apart_from=frozenset({"auditor"}),
    ),
    _capacity("auditor", "Auditor", "Reads the audit log", NATIONAL, apart_from=frozenset({"administrator"})),
)
CAPACITIES = {c.code: c for c in _LIST}
EVERYONE = frozenset(CAPACITIES)
