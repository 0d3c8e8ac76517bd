"""`bluelamp places`: what it prints, for people and for programs."""

import json

import pytest
from typer.testing import CliRunner

from bluelamp.project.cli.app import app
from bluelamp.project.cli.places import PlaceError


def asked(*words: str) -> dict[str, object] | list[dict[str, object]]:
    done = CliRunner().invoke(app, ["places", *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_the_force_of_a_point_west_of_greenwich() -> None:
    answer = asked("force", "51.5158", "-0.0920")
    assert isinstance(answer, dict)
    assert (answer["where"], answer["distance_m"], answer["irish_border"]) == ("inside", 0, False)
    assert answer["force"]["code"] == "E23000034"  # type: ignore[index]
    assert "Open Government Licence" in str(answer["attribution"])


def test_a_point_in_donegal_has_no_force_and_a_neighbour() -> None:
    answer = asked("force", "55.0672", "-7.2686")
    assert isinstance(answer, dict)
    assert answer["force"] is None and answer["irish_border"] is True
    assert [f["slug"] for f in answer["also"]] == ["northern-ireland"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("lat", "lon", "says"),
    [
        ("52.48", "-1.903", "West Midlands Police."),
        ("50.8148", "-0.1367", "m off its land"),
        ("51.6100", "-2.6620", "It may belong to"),
        ("53.7", "-5.2", "No force's area: at sea or abroad."),
        ("54.827", "-7.475", "The border with Ireland is near."),
    ],
)
def test_one_sentence_for_people(lat: str, lon: str, says: str) -> None:
    done = CliRunner().invoke(app, ["places", "force", lat, lon], env={"COLUMNS": "200"})
    assert done.exit_code == 0 and says in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("force", "-0.1", "51.5"), "look swapped"),
        (("force", "nan", "0"), "not a number"),
        (("find", " "), "no letters"),
        (("find", "Hove", "--limit", "0"), "limit"),
    ],
)
def test_bad_questions_become_the_error_that_the_program_prints(words: tuple[str, ...], says: str) -> None:
    done = CliRunner().invoke(app, ["places", *words])
    assert isinstance(done.exception, PlaceError) and says in str(done.exception)


def test_places_with_their_force_and_the_attribution() -> None:
    answer = asked("find", "Casnewydd", "--limit", "1")
    assert isinstance(answer, dict)
    (found,) = answer["places"]  # type: ignore[misc, attr-defined]
    assert (found["place"]["name"], found["place"]["force"]["slug"], found["score"]) == ("Newport", "gwent", 100)  # type: ignore[has-type]
    assert "GeoNames" in str(answer["attribution"])


def test_all_forces_are_listed() -> None:
    rows = asked("list")
    assert isinstance(rows, list)
    assert len(rows) == 49 and {"slug", "code", "name", "name_cy", "kind", "nation", "covers"} == set(rows[0])
