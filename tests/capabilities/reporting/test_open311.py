"""Open311 GeoReport v2: closed by default, open without a key on this machine only, a blackbox in both forms."""

import importlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests
import xmlschema
from django.test import Client as Browser

from bluelamp.kernel.clients import operations as clients
from bluelamp.reporting.models import Report
from bluelamp.reporting.operations.sealed import open_json, report_records
from bluelamp.reporting.questions import questions
from bluelamp.reporting.questions.outside import USED

pytestmark = pytest.mark.django_db(databases=["default", "vault"])
NOW = datetime.now(tz=UTC)
ROOT = "/open311/v2"
SAMPLES = Path(__file__).parents[2] / "samples"
STORY = "Somebody spoke through the camera."
SAID = {"attribute[danger]": "no", "attribute[seen-by]": "no", "attribute[threats]": "no"}
FORM = {"service_code": "camera-accessed", "description": STORY, "address_string": "14 Church Street, Cardiff", **SAID}


@pytest.fixture(autouse=True)
def switched_on(settings: Any) -> Iterator[None]:
    settings.BLUELAMP_OPEN311 = True
    yield


def key_of(*scopes: str, origin: str = "live", **other: Any) -> str:
    wanted = scopes or ("reports:send", "reports:status")
    return clients.add_client(actor=None, name="Map", scopes=wanted, origin=origin, now=NOW, **other)[1]


def browser(**headers: str) -> Browser:
    return Browser(headers={"host": "localhost", **headers})


def parsed(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314 - our own answer


def send(form: dict[str, str], status: int = 201, **headers: str) -> Any:
    answer = browser(**headers).post(f"{ROOT}/requests.json", form)
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def test_it_does_not_exist_unless_it_is_switched_on(settings: Any) -> None:
    settings.BLUELAMP_OPEN311 = False
    for path in ("discovery.json", "services.xml", "services/phishing.json", "requests.json", "requests/a.json"):
        assert browser().get(f"{ROOT}/{path}").status_code == 404
    assert browser().post(f"{ROOT}/requests.json", FORM).status_code == 404 and not Report.objects.exists()


def test_from_elsewhere_a_key_is_needed_and_a_cookie_is_none() -> None:
    from cast import client

    far = Browser(headers={"host": "localhost"}, REMOTE_ADDR="203.0.113.7")
    behind = browser(**{"x-forwarded-for": "203.0.113.7"})
    for visitor in (far, behind):
        for path in ("services.json", "services/phishing.xml", "requests.json", "requests/7HK-2MR-W4X.json"):
            assert visitor.get(f"{ROOT}/{path}").status_code == 403, path
        assert visitor.post(f"{ROOT}/requests.json", FORM).status_code == 403
        assert visitor.get(f"{ROOT}/discovery.json").status_code == 200
    staff = client(capacity="triage-officer")
    assert staff.get(f"{ROOT}/services.json", REMOTE_ADDR="203.0.113.7").status_code == 403
    assert far.post(f"{ROOT}/requests.json", {**FORM, "api_key": key_of()}).status_code == 201


def test_what_comes_without_a_key_on_this_machine_is_a_test() -> None:
    send(FORM)
    assert Report.objects.get().origin == "test"
    send({**FORM, "api_key": key_of()})
    assert {r.origin for r in Report.objects.all()} == {"test", "live"}


def test_a_wrong_key_is_refused_in_the_forms_of_the_standard() -> None:
    assert send({**FORM, "api_key": "x"}, 403) == [{"code": 403, "description": "This api_key opens nothing."}]
    wrong = browser().post(f"{ROOT}/requests.xml", {**FORM, "api_key": "x"})
    root = parsed(wrong.content)
    assert (wrong.status_code, root.tag, root[0].tag, root[0][0].text) == (403, "errors", "error", "403")
    assert wrong["Content-Type"] == "text/xml; charset=utf-8"
    assert send({**FORM, "api_key": key_of("reports:read-own")}, 403)[0]["code"] == 403
    in_address = browser().post(f"{ROOT}/requests.json?api_key={key_of()}", FORM)
    assert in_address.status_code == 400 and not Report.objects.exists()


def test_services_are_the_kinds_of_crime_and_every_one_a_blackbox() -> None:
    listed = browser().get(f"{ROOT}/services.json").json()
    assert [s["service_code"] for s in listed] == list(questions().by_id["what-happened"].options)
    assert {s["type"] for s in listed} == {"blackbox"} and all(s["service_name"] for s in listed)
    welsh = browser().get(f"{ROOT}/services.json?locale=cy").json()
    assert welsh[0]["service_name"] != listed[0]["service_name"]


def test_the_definition_of_a_service_requires_what_must_be_said() -> None:
    told = browser().get(f"{ROOT}/services/camera-accessed.json").json()
    found = {a["code"]: a for a in told["attributes"]}
    assert {code for code, a in found.items() if a["required"]} == {"danger", "seen-by"}
    assert found["affected"]["datatype"] == "multivaluelist" and found["affected"]["values"][0]["key"] == "phone"
    assert "story" not in found and "what-happened" not in found
    assert browser().get(f"{ROOT}/services/nonsense.json").status_code == 404


def test_the_ids_that_fields_mean_are_questions() -> None:
    assert set(questions().by_id) >= USED


def test_a_report_reaches_the_force_of_its_place_with_its_words_once() -> None:
    told = send({**FORM, "first_name": "Jane", "last_name": "Roe", "email": "jane@example.com", "phone": "07700 900123"
                 , "attribute[contact-safe]": "yes", "attribute[affected]": "camera"})  # fmt: skip
    report = Report.objects.get()
    assert told[0]["service_request_id"] == report.reference and len(told[0]["words"].split()) == 6
    assert told[0]["words"] in told[0]["service_notice"] and told[0]["account_id"] is None
    assert (report.channel, report.scope, report.kinds) == ("open311", "force:south-wales", ["camera-accessed"])
    content, _, contact = report_records(report.pk)
    assert open_json(record=content, sealed=report.content)["answers"]["story"]["text"] == STORY
    assert "jane@example.com" in str(open_json(record=contact, sealed=report.contact))


def test_a_sender_of_its_own_key_sends_once() -> None:
    headers = {"idempotency-key": "a-1"}
    key = key_of()
    first = send({**FORM, "api_key": key}, **headers)
    again = send({**FORM, "api_key": key}, **headers)
    assert first[0]["service_request_id"] == again[0]["service_request_id"] and again[0]["words"] == ""
    assert send({**FORM, "api_key": key, "description": "Other"}, 409, **headers)[0]["code"] == 409
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "potholes"}, 404, "service_code"),
        ({"attribute[danger]": ""}, 400, "danger: "),
        ({"attribute[seen-by]": ""}, 400, "seen-by: "),
        ({"attribute[danger]": "perhaps"}, 400, "danger: "),
        ({"attribute[nonsense]": "x"}, 400, "nonsense"),
        ({"email": "no address", "attribute[contact-safe]": "yes"}, 400, "contact: "),
        ({"email": "jane@example.com"}, 400, "contact-safe: "),
        ({"media_url": "http://example.com/a.jpg"}, 400, "media_url"),
        ({"lat": "51.48"}, 400, "lat"),
        ({"lat": "north", "long": "west"}, 400, "lat"),
        ({"lat": "91", "long": "0"}, 400, "lat"),
        ({"description": "x" * 10_001}, 400, "10,000"),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_sent(change: dict[str, str], status: int, told: str) -> None:
    errors = send({**FORM, **change}, status)
    assert all(e["code"] == status for e in errors) and told in " ".join(e["description"] for e in errors)
    assert not Report.objects.exists()


def test_a_file_is_refused_politely(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG")
    with picture.open("rb") as file:
        answer = browser().post(f"{ROOT}/requests.json", {**FORM, "media": file})
    assert answer.status_code == 400 and "no files" in answer.json()[0]["description"]


def test_lists_are_empty_and_one_report_shows_only_that_it_is_open() -> None:
    sent = send(FORM)[0]
    listed = browser().get(f"{ROOT}/requests.json?start_date=2026-01-01T00:00:00Z&service_code=phishing")
    assert listed.status_code == 200 and listed.json() == []
    reference = sent["service_request_id"]
    Report.objects.update(state="recorded", closed_at=NOW)
    shown = browser().get(f"{ROOT}/requests/{reference}.json").json()
    assert len(shown) == 1 and shown[0].keys() == {"service_request_id", "status", "status_notes", "requested_datetime"}
    assert (shown[0]["status"], shown[0]["status_notes"]) == ("open", "")
    known = browser(**{"x-report-words": sent["words"]}).get(f"{ROOT}/requests/{reference}.json").json()
    assert (known[0]["status"], known[0]["status_notes"]) == ("closed", "recorded")
    posted = browser().post(f"{ROOT}/requests/{reference}.json", {"words": sent["words"]}).json()
    assert posted == known and "Cardiff" not in str(known) and STORY not in str(known)


def test_words_in_an_address_are_refused_and_wrong_ones_open_nothing() -> None:
    sent = send(FORM)[0]
    path = f"{ROOT}/requests/{sent['service_request_id']}.json"
    assert browser().get(f"{path}?words={sent['words'].replace(' ', '+')}").status_code == 400
    assert browser(**{"x-report-words": "a b c d e f"}).get(path).status_code == 404
    other = send(FORM)[0]
    assert browser(**{"x-report-words": other["words"]}).get(path).status_code == 404


def test_a_reference_of_another_program_is_nothing_without_its_words() -> None:
    key, other = key_of(), key_of()
    sent = send({**FORM, "api_key": key})[0]
    path = f"{ROOT}/requests/{sent['service_request_id']}.json"
    assert browser(authorization=f"Bearer {key}").get(path).status_code == 200
    missing = browser(authorization=f"Bearer {other}").get(path)
    unknown = browser(authorization=f"Bearer {other}").get(f"{ROOT}/requests/7HK-2MR-W4X.json")
    assert missing.status_code == unknown.status_code == 404 and missing.content == unknown.content
    told = {"authorization": f"Bearer {other}", "x-report-words": sent["words"]}
    assert browser(**told).get(path).status_code == 200
    assert browser().get(path).status_code == 404


def test_a_token_is_the_id() -> None:
    reference = send(FORM)[0]["service_request_id"]
    told = browser().get(f"{ROOT}/tokens/{reference}.json").json()
    assert told == [{"service_request_id": reference, "token": reference}]
    assert browser().get(f"{ROOT}/tokens/7HK-2MR-W4X.xml").status_code == 404


def test_floods_are_slowed() -> None:
    key = key_of(per_minute=2)
    told = [browser(authorization=f"Bearer {key}").get(f"{ROOT}/services.json") for _ in range(3)]
    assert [t.status_code for t in told] == [200, 200, 429] and int(told[2]["Retry-After"]) > 0


def test_hostile_text_stays_text_and_no_header_is_made_of_it() -> None:
    hostile = "\x00]]><x>&amp;\r\nSet-Cookie: a=b"
    answer = browser().post(f"{ROOT}/requests.xml", {**FORM, "attribute[story]": "x", "service_code": hostile})
    assert answer.status_code == 404 and "Set-Cookie" not in answer.headers
    wrong = browser().post(f"{ROOT}/requests.xml", {**FORM, "attribute[affected]": hostile})
    assert wrong.status_code == 400 and parsed(wrong.content).tag == "errors"
    send({**FORM, "description": hostile})
    assert browser().delete(f"{ROOT}/requests.xml").status_code == 405
    assert browser().get(f"{ROOT}/services.html").status_code == 404


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("description=" + "x" * 1_000_001, "application/x-www-form-urlencoded", 413),
        ("&".join(f"a{n}=1" for n in range(2_000)), "application/x-www-form-urlencoded", 400),
        ("x", "multipart/form-data", 400),
        ('{"service_code": "phishing"}', "application/json", 400),
        (b"service_code=\xff\xfe", "application/x-www-form-urlencoded", 404),
    ],
)
def test_bodies_that_are_no_form_are_told_in_the_form_of_the_standard(body: Any, kind: str, status: int) -> None:
    answer = browser().generic("POST", f"{ROOT}/requests.json", body, content_type=kind)
    assert (answer.status_code, answer.json()[0]["code"]) == (status, status) and not Report.objects.exists()


def test_an_outage_is_told_and_nothing_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from bluelamp.reporting.operations import sending

    def broken(**_: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(sending, "announce", broken)
    answer = browser().post(f"{ROOT}/requests.xml", FORM)
    assert answer.status_code == 503 and parsed(answer.content)[0][0].text == "503" and answer["Retry-After"]
    assert not Report.objects.exists()


def test_every_answer_in_xml_keeps_to_the_schema() -> None:
    schema = xmlschema.XMLSchema(str(SAMPLES / "open311.xsd"))
    posted = browser().post(f"{ROOT}/requests.xml", FORM)
    answers = [posted, browser().post(f"{ROOT}/requests.xml", {"service_code": "phishing"})]
    reference = Report.objects.get().reference
    words = parsed(posted.content)[0].findtext("words") or ""
    paths = ("discovery", "services", "services/phishing", "requests", f"requests/{reference}", f"tokens/{reference}")
    answers += [browser().get(f"{ROOT}/{path}.xml") for path in (*paths, "requests/none", "services/none")]
    answers.append(browser(**{"x-report-words": words}).get(f"{ROOT}/requests/{reference}.xml"))
    for answer in answers:
        assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
        schema.validate(answer.content.decode())
    for wrong in ("<services><service/></services>", "<errors/>", "<service_requests><request/></service_requests>"):
        assert not schema.is_valid(wrong)


class _IntoDjango(requests.adapters.BaseAdapter):
    """Carries requests of a client library to the program without a network."""

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        headers = {k.lower(): v for k, v in request.headers.items() if k.lower() not in ("host", "content-length")}
        body = request.body or b""
        got = browser(**headers).generic(
            request.method or "GET", request.path_url, body, content_type=headers.get("content-type", "")
        )
        made = requests.Response()
        made.status_code, made._content, made.url = got.status_code, got.content, request.url or ""
        made.headers.update(got.headers)
        return made

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The client library `three`, made for Python 2: it needs one name that Python 3 no longer has."""
    import itertools

    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    return importlib.import_module("three")


def test_the_client_three_works_with_it(three: ModuleType) -> None:
    client = three.Three("http://localhost/open311/v2/", api_key=key_of(origin="test"))
    client.session.mount("http://", _IntoDjango())
    client.session.headers["Authorization"] = f"Bearer {client.api_key}"
    assert client.discovery()["endpoints"][0]["url"] == "http://localhost/open311/v2"
    codes = [service["service_code"] for service in client.services()]
    assert "phone-stolen" in codes and client.services("phone-stolen")["attributes"]
    told = client.post(
        "phone-stolen",
        address="Cardiff",
        name="Jane Roe",
        email="jane@example.com",
        description="It was taken on the bus.",
        **{"attribute[danger]": "no", "attribute[seen-by]": "no", "attribute[contact-safe]": "yes"},
    )
    reference = told[0]["service_request_id"]
    assert client.request(reference)[0]["status"] == "open" and client.token(reference)[0]["token"] == reference
    assert client.requests() == [] and client.requests("phone-stolen", start="01-01-2026") == []
    client.session.headers["X-Report-Words"] = told[0]["words"]
    assert client.request(reference)[0]["status_notes"] == "received"
    refused = client.post("phone-stolen", description="x")
    assert refused[0]["code"] == 400 and client.post_response.status_code == 400
