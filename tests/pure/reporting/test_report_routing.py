"""Every report has one first body and a reason; nobody in danger or abused is sent elsewhere; nothing is dropped."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelamp.kernel.places.queries import forces
from bluelamp.reporting.domain.question import Flag
from bluelamp.reporting.domain.routing import KINDS, NATIONS, Case, RoutesError, Setting, body_name, reason, route
from bluelamp.reporting.facts import routes

TABLE = routes()
SLUGS = [f.slug for f in forces()]
PLACES = ["", "kent", "south-wales", "scotland", "northern-ireland", "nonesuch"]
SAFETY = (Flag.DANGER, Flag.ABUSE, Flag.WATCHED, Flag.CHILD, Flag.CHILD_IMAGES)
FRAUD = ["account-hacked", "sim-swap", "shopping-fraud", "investment-fraud", "ransomware"]
UK = ["england", "wales", "northern-ireland"]


def test_every_combination_has_one_first_body_and_a_reason() -> None:
    flags = [frozenset(), *(frozenset({f}) for f in Flag)]
    for kind, nation, setting, force, raised, harmed in product(KINDS, NATIONS, Setting, PLACES, flags, (False, True)):
        found = route(routes=TABLE, case=Case((kind,), setting, nation, force, (), raised, harmed))
        assert found.first.startswith("force:") or found.first in {"report-fraud", "advice", "desk"}
        assert found.first not in found.alternatives and "" not in found.alternatives
        for language in ("en", "cy"):
            sentence = reason(routes=TABLE, found=found, language=language)
            assert sentence.endswith(".") and "{" not in sentence
            assert all(body_name(routes=TABLE, body=b, language=language) for b in (found.first, *found.alternatives))
        if raised & set(SAFETY):
            assert found.first not in {"report-fraud", "advice", "force:btp"}
        where = forces_nation(force) or nation
        if found.first == "report-fraud":
            assert where in UK
        if found.first == "force:btp":
            assert setting is Setting.RAIL and where not in {"northern-ireland", "elsewhere"}


def forces_nation(slug: str) -> str:
    return next((f.nation for f in forces() if f.slug == slug), "")


cases = st.builds(
    Case,
    kinds=st.lists(st.sampled_from([*KINDS, "<script>", ""]), max_size=5).map(tuple),
    setting=st.sampled_from(Setting),
    nation=st.sampled_from([*NATIONS, "atlantis"]),
    force=st.sampled_from([*SLUGS, "", "nonesuch"]),
    also=st.lists(st.sampled_from([*SLUGS, "nonesuch"]), max_size=3).map(tuple),
    flags=st.frozensets(st.sampled_from(Flag)),
    harmed=st.booleans(),
)


@given(cases)
def test_whatever_is_asked_there_is_one_answer(case: Case) -> None:
    found = route(routes=TABLE, case=case)
    assert found.first and reason(routes=TABLE, found=found, language="en")
    assert len(set(found.alternatives)) == len(found.alternatives) and found.first not in found.alternatives
    assert route(routes=TABLE, case=case) == found
    turned = Case(case.kinds[::-1], case.setting, case.nation, case.force, case.also, case.flags, case.harmed)
    assert route(routes=TABLE, case=turned).first == found.first, "the order of kinds does not decide"


@pytest.mark.parametrize("kind", FRAUD)
@pytest.mark.parametrize("nation", UK)
def test_fraud_and_hacking_go_to_report_fraud(kind: str, nation: str) -> None:
    found = route(routes=TABLE, case=Case((kind,), Setting.ONLINE, nation))
    assert (found.first, found.reason) == ("report-fraud", "fraud")
    assert "Report Fraud" in reason(routes=TABLE, found=found, language="cy")


@pytest.mark.parametrize("kind", [*FRAUD, "phishing"])
def test_not_in_scotland(kind: str) -> None:
    found = route(routes=TABLE, case=Case((kind,), Setting.ONLINE, "scotland", harmed=True))
    assert found.first == "force:scotland" and "101" in reason(routes=TABLE, found=found, language="en")
    there = route(routes=TABLE, case=Case((kind,), Setting.ONLINE, "england", force="scotland", harmed=True))
    assert there.first == "force:scotland", "the place is surer than what was said"


def test_railways_borders_and_nations_of_one_force() -> None:
    rail = route(routes=TABLE, case=Case(("phone-stolen",), Setting.RAIL, force="kent"))
    assert rail.first == "force:btp" and rail.alternatives == ("force:kent",)
    belfast = route(routes=TABLE, case=Case(("phone-stolen",), Setting.RAIL, force="northern-ireland"))
    assert belfast.first == "force:northern-ireland"
    border = route(routes=TABLE, case=Case(("phone-stolen",), Setting.PLACE, force="kent", also=("surrey", "sussex")))
    assert border.boundary and border.alternatives == ("force:surrey", "force:sussex")
    assert not rail.boundary
    one = route(routes=TABLE, case=Case(("sextortion",), Setting.UNKNOWN, "scotland"))
    assert one.first == "force:scotland"


def test_an_unknown_place_stays_with_us() -> None:
    for kind in KINDS:
        found = route(routes=TABLE, case=Case((kind,), Setting.UNKNOWN))
        assert found.first == "desk" or (
            kind == "phishing" and found.first == "advice" and "desk" in found.alternatives
        )


def test_messages_without_harm_get_advice_and_are_kept() -> None:
    found = route(routes=TABLE, case=Case(("phishing",), Setting.ONLINE, "england", "kent"))
    assert found.first == "advice" and set(found.alternatives) == {"desk", "force:kent"}
    assert "7726" in reason(routes=TABLE, found=found, language="en")
    lost = route(routes=TABLE, case=Case(("phishing",), Setting.ONLINE, "england", "kent", harmed=True))
    assert lost.first == "report-fraud"


def test_of_several_kinds_the_gravest_decides_and_others_are_offered() -> None:
    found = route(routes=TABLE, case=Case(("shopping-fraud", "tracker-stalking"), Setting.ONLINE, "wales", "gwent"))
    assert found.first == "force:gwent" and "report-fraud" in found.alternatives
    assert "Heddlu Gwent" in reason(routes=TABLE, found=found, language="cy")
    assert "Gwent Police" in reason(routes=TABLE, found=found, language="en")


@pytest.mark.parametrize("flag", SAFETY)
@pytest.mark.parametrize("kind", KINDS)
def test_abused_by_a_partner_is_never_sent_away(kind: str, flag: Flag) -> None:
    for setting in Setting:
        here = route(routes=TABLE, case=Case((kind,), setting, "england", "kent", flags=frozenset({flag})))
        assert here.first == "force:kent" and here.reason.startswith("safety")
        nowhere = route(routes=TABLE, case=Case((kind,), setting, "england", flags=frozenset({flag})))
        assert nowhere.first == "desk" and nowhere.reason == "safety-unknown-place"


OWN = """
[[row]]
id = "{id}"
body = "{body}"
{more}
en = "Here {{body}} takes it."
cy = "Yma {{body}} sy'n ei gymryd."
"""


def test_a_force_can_change_and_add_a_row() -> None:
    changed = routes(changes=[OWN.format(id="theft", body="desk", more='kinds = ["phone-stolen"]')])
    found = route(routes=changed, case=Case(("phone-stolen",), Setting.PLACE, force="kent"))
    assert (found.first, found.reason) == ("desk", "theft")
    more = 'kinds = ["phone-stolen"]\nnations = ["wales"]\nbefore = "theft"'
    added = routes(changes=[OWN.format(id="own", body="report-fraud", more=more)])
    assert route(routes=added, case=Case(("phone-stolen",), Setting.PLACE, force="gwent")).reason == "own"
    assert route(routes=added, case=Case(("phone-stolen",), Setting.PLACE, force="kent")).reason == "theft"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (OWN.format(id="own", body="report-fraud", more='before = "safety-railway"'), "danger and abuse"),
        (OWN.format(id="own", body="advice", more='before = "safety-local"'), "danger and abuse"),
        (OWN.format(id="safety-local", body="report-fraud", more=""), "danger and abuse"),
        (OWN.format(id="safety-unknown-place", body="desk", more='flags = ["danger"]'), "danger and abuse"),
        (OWN.format(id="unknown-place", body="force", more=""), "last row"),
        (OWN.format(id="unknown-place", body="desk", more='nations = ["wales"]'), "last row"),
        (OWN.format(id="theft", body="council", more=""), "body is unknown"),
        (OWN.format(id="theft", body="desk", more='kinds = ["jaywalking"]'), "kind or nation"),
        (OWN.format(id="theft", body="desk", more='settings = ["sea"]'), "another form"),
        (OWN.format(id="new", body="desk", more=""), "must name the row"),
        (OWN.format(id="theft", body="desk", more="").replace("Yma {body} sy'n ei gymryd.", " "), "no reason"),
        ("[[row", "another form"),
        ("x = 1", "another form"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused(change: str, rule: str) -> None:
    with pytest.raises(RoutesError, match=rule):
        routes(changes=[change])
