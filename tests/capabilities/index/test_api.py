"""The open API: the same rules as the pages, typed answers, ETags, problem documents."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from small_edition import add_product, add_row, make_edition, sighting

from bluelamp.index.models import Edition, Reply
from bluelamp.kernel.people.models import Organisation, User

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def edition() -> Edition:
    return make_edition()


def ask(path: str, status: int = 200, **headers: str) -> Any:
    answer = Client(headers={"host": "localhost", **{k.replace("_", "-"): v for k, v in headers.items()}}).get(
        API + path
    )
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert json.loads(answer.content)["status"] == status
    return json.loads(answer.content) if answer.content else answer


def test_current_edition(edition: Edition) -> None:
    found = ask("/editions/current")
    assert (found["status"], found["high_threshold"], found["coverage"]["entries"]) == ("specimen", 0.5, 4)
    assert "counts no crimes" in found["note"] and found["sources"][0]["licence"] == "CC0 1.0"


def test_products_filters_and_pages(edition: Edition) -> None:
    keys = [p["key"] for p in ask("/products")["products"]]
    assert keys == ["acme:r", "beta:cam", "acme:old"]
    assert [p["key"] for p in ask("/products?category=camera")["products"]] == ["beta:cam"]
    assert [p["key"] for p in ask("/products?band=high")["products"]] == ["acme:r"]
    second = ask("/products?per_page=2&page=2")
    assert (second["total"], second["pages"], len(second["products"])) == (3, 2, 1)
    assert ask("/products?page=99")["products"] == []
    assert {p["status"] for p in ask("/products")["products"]} == {"specimen"}


def test_one_product(edition: Edition) -> None:
    add_row(edition, "acme:quiet", sightings=[sighting("2026-08-01"), sighting("2026-07-13", kind="recorded_crime")])
    found = ask("/products/acme:quiet")
    assert [s["on"] for s in found["sightings"]] == ["2026-08-01"]
    assert "recorded_crimes" not in found["figures"]


def test_product_without_evidence(edition: Edition) -> None:
    found = ask("/products/acme:quiet")
    assert found["figures"] is None and "not a sign that it is safe" in found["statement"]
    assert "arwydd" in ask("/products/acme:quiet?language=cy")["statement"]


def test_categories_in_both_languages(edition: Edition) -> None:
    counts = {c["code"]: c["products"] for c in ask("/categories")}
    assert (counts["router"], counts["camera"], counts["doorbell"]) == (2, 1, 0)
    assert next(c["plural"] for c in ask("/categories?language=cy") if c["code"] == "router") == "Llwybryddion"


@pytest.mark.parametrize("path", ["/editions/current", "/products?sort=low", "/products/acme:r", "/categories"])
def test_etag_spares_the_second_answer(edition: Edition, path: str) -> None:
    client = Client(headers={"host": "localhost"})
    first = client.get(API + path)
    again = client.get(API + path, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304 and again["ETag"] == first["ETag"] and again.content == b""
    other = client.get(
        API + path + ("&" if "?" in path else "?") + "language=cy", headers={"if-none-match": first["ETag"]}
    )
    assert other.status_code == 200
    Edition.objects.update(figures_hash="other")
    assert client.get(API + path, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_etag_changes_with_an_accepted_reply(edition: Edition) -> None:
    client = Client(headers={"host": "localhost"})
    tag = client.get(f"{API}/products/acme:r")["ETag"]
    person = User.objects.create(email="maker@example.org")
    now = datetime(2026, 8, 9, tzinfo=UTC)
    acme = Organisation.objects.create(name="Acme", added_at=now)
    told = Reply.objects.create(product_key="acme:r", maker_key="acme", organisation=acme, author=person, sent_at=now)
    assert client.get(f"{API}/products/acme:r", headers={"if-none-match": tag}).status_code == 304
    Reply.objects.filter(pk=told.pk).update(decision="accepted", decided_at=now)
    assert client.get(f"{API}/products/acme:r", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/products?band=purple", 422, "band"),
        ("/products?category=none", 422, "category"),
        ("/products?per_page=100000", 422, "per_page"),
        ("/products?q=" + "a" * 101, 422, "q"),
        ("/products/none:none", 404, "none:none"),
        ("/nothing", 404, ""),
        ("/products?maker=a%00b", 400, ""),
    ],
)
def test_problems_are_told(edition: Edition, path: str, status: int, says: str) -> None:
    assert says in ask(path, status).get("detail", "")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "CONNECT", "NONSENSE"])
def test_the_api_is_only_read(method: str) -> None:
    answer = Client(headers={"host": "localhost"}).generic(method, f"{API}/categories")
    assert (answer.status_code, answer["Allow"], answer["Content-Type"]) == (405, "GET", "application/problem+json")


def test_nothing_to_show() -> None:
    add_product("acme:r", "Acme R routers")
    for path in ("/editions/current", "/products", "/categories", "/products/acme:r"):
        assert "no edition" in ask(path, 404)["detail"]


def test_specimen_is_not_served_to_the_outside(edition: Edition) -> None:
    for path in ("/editions/current", "/products", "/categories", "/products/acme:r"):
        ask(path, 404, x_forwarded_for="192.0.2.1")


def test_failure_tells_nothing_of_the_inside(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("bluelamp.index.web.api.reads.category_cards", broken)
    assert "secret" not in json.dumps(ask("/categories", 500))


def test_description_names_every_operation() -> None:
    document = ask("/openapi.json")
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["summary"] and operation["description"]
            assert "404" in operation["responses"]
            for status, answer in operation["responses"].items():
                kind = "application/json" if status == "200" else "application/problem+json"
                assert list(answer["content"]) == [kind]


def test_what_has_evidence_is_first_before_the_list_is_cut(edition: Edition) -> None:
    for number in range(5):
        add_product(f"acme:a{number}", f"Acme A{number}", category="router")
    assert ask("/search?q=acme&limit=2")["products"][0]["key"] in {"acme:r", "acme:old"}


def test_search_says_how_each_was_found(edition: Edition) -> None:
    found = ask("/search?q=acme%20quiet")
    assert [p["key"] for p in found["products"]] == ["acme:quiet"] and found["suggestion"] == ""
    assert "not a sign that it is safe" in found["products"][0]["statement"]
    guess = ask("/search?q=acme%20quite%20router&language=cy")
    assert guess["suggestion"] == "Acme Quiet router" and guess["products"][0]["why"] == "similar"
    assert "arwydd" in guess["products"][0]["statement"]
    assert ask("/search?q=acme%20r2")["products"][0]["statement"] == "", "there is evidence"
    assert len(ask("/search?q=acme&limit=1")["products"]) == 1
    assert ask("/search?q=nameless")["products"] == []
    for wrong in ("/search", "/search?q=", "/search?q=a&limit=51", f"/search?q={'a' * 101}"):
        ask(wrong, status=422)
