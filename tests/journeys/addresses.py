"""Addresses, and small ways to reach them, for the journeys."""

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]

# Every page and state, by a short name. `%s` stands for the language's prefix.
PAGES = {
    "home": "%s/",
    "search without a word": "%s/search",
    "search in two parts": "%s/search?q=tp+link+archer",
    "search without evidence": "%s/search?q=dlink+e15",
    "search without a find": "%s/search?q=zzzzqqqq",
    "search with a guess": "%s/search?q=rign+doorbell",
    "search with a long guess": "%s/search?q=antimalwaresecurtyandbruteforcefirewal",
    "search too long": "%s/search?q=" + "a" * 150,
    "search by somebody who may be watched": "%s/search?q=is+someone+watching+me",
    "check my home": "%s/check/",
    "check my home, sent empty": "%s/check/?d=",
    "check my home, what homes call things": "%s/check/?d=BT+Smart+Hub+2%%0Ahikvision%%0Ablink",
    "check my home, three jobs": "%s/check/?d=tp+link+archer&d=rign+doorbell&d=zzzzqqqq&p=lg%%3An1a1&k=tv",
    "check my home, changed": "%s/check/?d=" + "a" * 150 + "&k=nonsense&k=camera&k=camera&p=no:such",
    "compare": "%s/compare/?p=dlink:dir&p=tplink:routers&p=dlink:e15&p=lg:n1a1",
    "compare, nothing chosen": "%s/compare/?p=no:such",
    "compare, adding": "%s/compare/?p=dlink:dir&q=tp+link+archer",
    "compare, nothing found": "%s/compare/?p=dlink:dir&q=zzzzqqqq",
    "table": "%s/table/",
    "table, filtered": "%s/table/?group=home&band=cannot-tell&sort=low",
    "table, second page": "%s/table/?sort=name&page=2",
    "table, nothing left": "%s/table/?q=zzzzqqqq",
    "table, wrong filter": "%s/table/?band=nonsense",
    "table, whole time": "%s/table/?time=all&sort=dates",
    "category": "%s/category/router/",
    "category, whole time": "%s/category/nas/?time=all",
    "category without evidence": "%s/category/doorbell/",
    "product": "%s/product/dlink:dir/",
    "product without evidence": "%s/product/dlink:e15/",
    "product confirmed before the period": "%s/product/lg:n1a1/",
    "maker": "%s/maker/dlink/",
    "maker, whole time": "%s/maker/dlink/?time=all",
    "methods": "%s/methods/",
    "data": "%s/data/",
    "editions": "%s/editions/",
    "release calendar": "%s/releases/",
    "accessibility": "%s/accessibility/",
    "not found": "%s/nothing/here/",
    "advice": "%s/advice/",
    "advice on a crime": "%s/advice/account-hacked/",
    "advice on a device, safely": "%s/advice/doorbell/safely/",
    "report": "%s/report/",
    "report, before": "%s/report/before/",
    "report, saved words": "%s/report/resume/",
    "report, nothing open": "%s/report/nothing/",
    "many reports": "%s/report/many/",
    "where a computer suggests": "%s/report/models/",
    "reports in figures": "%s/report/figures/",
    "report without a connection": "%s/report/offline/",
    "sign in": "%s/account/login/",
    "link that no longer works": "%s/account/password/reset/key/1-x-y/",
}
EMPTY_PAGES = {
    name: PAGES[name]
    for name in ("home", "table", "category", "methods", "data", "search without a find", "check my home, three jobs")
}
# Who holds more than one capacity, and in which of them the journeys act.
CAPACITY = {"Dev": "Triage officer"}
# Every page of the desk and its states, by role.
DESK = {
    "Ada": (
        "%s/desk/",
        "%s/desk/people/",
        "%s/desk/people/?q=zzzz",
        "%s/desk/people/invite/",
        "%s/desk/people/organisations/",
        "%s/desk/people/recovery/",
        "%s/desk/people/makers/",
        "%s/desk/programs/",
        "%s/desk/messages/",
        "%s/desk/work/",
        "%s/desk/audit/",
        "%s/account/logout/",
    ),
    "Cerys": ("%s/desk/", "%s/desk/audit/", "%s/desk/audit/?outcome=refused", "%s/desk/audit/?from_day=nonsense"),
    "Dev": (
        "%s/desk/",
        "%s/desk/reports/",
        "%s/desk/reports/?state=any",
        "%s/desk/reports/?kind=ransomware",
        "%s/desk/reports/duties/",
        "%s/desk/reports/handovers/",
        "%s/desk/reports/campaigns/",
        "%s/desk/reports/reviews/",
        "%s/desk/reports/shift/",
        "%s/desk/capacity/",
        "%s/desk/account/",
        "%s/account/2fa/",
        "%s/account/sessions/",
        "%s/desk/demo/",
    ),
    "Elin": ("%s/desk/", "%s/desk/reports/", "%s/desk/reports/numbers/", "%s/desk/reports/reviews/"),
    "Farah": ("%s/desk/", "%s/desk/reports/", "%s/desk/reports/duties/"),
    "Hari": ("%s/desk/", "%s/desk/editions/", "%s/desk/reports/benefits/", "%s/desk/reports/figures/"),
    "Isla": ("%s/desk/", "%s/desk/editions/", "%s/desk/editions/calendar/"),
    "Olwen": ("%s/desk/", "%s/desk/behalf/", "%s/desk/behalf/report/", "%s/desk/behalf/many/"),
    "Mina": ("%s/desk/", "%s/desk/previews/"),
    "Kofi": ("%s/desk/", "%s/desk/editions/early/"),
    # Nobody has given her a capacity yet.
    "Teleri": ("%s/desk/", "%s/desk/account/", "%s/desk/people/"),
}

# Pages of one edition, behind its own; "" is its list of products, of which the first is opened too.
EDITION_PAGES = {
    "Hari": ("products/", "products/?q=router", "products/?q=zzzz", "withhold/"),
    "Isla": ("products/?page=2",),
    "Kofi": ("",),
}

# In which capacity each acts.
CAPACITIES = {
    "Ada": "administrator",
    "Cerys": "auditor",
    "Dev": "triage-officer",
    "Elin": "crime-registrar",
    "Farah": "safeguarding-officer",
    "Hari": "analyst",
    "Isla": "head-of-profession",
    "Mina": "maker",
    "Olwen": "supporting-organisation",
    "Kofi": "outreach-approver",
    "Teleri": "",
}


@dataclass(frozen=True)
class Answer:
    """What a server sent back."""

    status: int
    headers: HTTPMessage
    text: str


def get(address: str, **headers: str) -> Answer:
    """Fetch an address; an error status is an answer too."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.netloc, timeout=20)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request("GET", target, headers={k.replace("_", "-"): v for k, v in headers.items()})
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read().decode())
    connection.close()
    return answer


def play(page: Page, base: str, name: str) -> None:
    """Act as one of the cast."""
    page.goto(f"{base}/desk/demo/")
    page.get_by_role("button", name=f"Act as {name}", exact=True).click()
    page.wait_for_url("**/desk/")
    if name in CAPACITY:
        page.goto(f"{base}/desk/capacity/")
        page.get_by_label(CAPACITY[name]).check()
        page.get_by_role("button", name="Go on").click()
