"""Places by name: exact, mistyped, Welsh, ambiguous."""

from collections import Counter

import pytest

from bluelamp.kernel.places import queries
from bluelamp.kernel.places.domain.gazetteer import fold


def names(text: str, limit: int = 10) -> list[tuple[str, str]]:
    return [(f.place.name, f.place.force.slug) for f in queries.find_place(text=text, limit=limit)]


@pytest.mark.parametrize(
    ("text", "name", "force"),
    [
        ("Brighton", "Brighton", "sussex"),
        ("  bRIGHTON ", "Brighton", "sussex"),
        ("Brihgton", "Brighton", "sussex"),
        ("Manchestr", "Manchester", "greater-manchester"),
        ("Edinbrough", "Edinburgh", "scotland"),
        ("Aberystwith", "Aberystwyth", "dyfed-powys"),
        ("Middlesborough", "Middlesbrough", "cleveland"),
        ("Kings Lynn", "King's Lynn", "norfolk"),
        ("St. Albans", "St Albans", "hertfordshire"),
        ("Saint Albans", "St Albans", "hertfordshire"),
        ("Stoke on Trent", "Stoke-on-Trent", "staffordshire"),
        ("Hull", "Kingston upon Hull", "humberside"),
        ("Ely", "Ely", "cambridgeshire"),
        ("Abertawe", "Swansea", "south-wales"),
        ("Caerdydd", "Cardiff", "south-wales"),
        ("Pen-y-bont ar Ogwr", "Bridgend", "south-wales"),
        ("Barri", "Barry", "south-wales"),
        ("Pont-y-pwl", "Pontypool", "gwent"),
        ("Caergybi", "Holyhead", "north-wales"),
        ("Trefdraeth", "Newport", "dyfed-powys"),
        ("Derry", "Derry / Londonderry", "northern-ireland"),
        ("Londonderry", "Derry / Londonderry", "northern-ireland"),
        ("Llandrindod", "Llandrindod Wells", "dyfed-powys"),
        ("Berwick upon Tweed", "Berwick-Upon-Tweed", "northumbria"),
        ("Chepstow", "Chepstow", "gwent"),
        ("Gretna", "Gretna", "scotland"),
        ("Wells", "Wells", "avon-and-somerset"),
    ],
)
def test_the_best_match(text: str, name: str, force: str) -> None:
    assert names(text)[0] == (name, force)


def test_places_of_one_name_all_come_with_their_force_the_largest_first() -> None:
    found = [f for f in queries.find_place(text="Newport") if f.score == 100]
    slugs = [f.place.force.slug for f in found]
    assert slugs[:6] == ["gwent", "hampshire", "west-mercia", "essex", "humberside", "dyfed-powys"]
    # Newport-on-Tay, which is called Newport too, comes after all whose name it is.
    assert [(f.place.name, f.matched) for f in found[6:]] == [("Newport-on-Tay", "Newport")]
    assert found[0].place.area == "Newport" and found[0].place.name_cy == "Casnewydd"
    assert {f.place.force.slug for f in queries.find_place(text="Richmond") if f.score == 100} == {
        "metropolitan",
        "north-yorkshire",
    }


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("Newport, Isle of Wight", "hampshire"),
        ("Newport, Shropshire", "gwent"),  # a county that the authorities of 2021 do not name changes nothing
        ("Newport, Telford", "west-mercia"),
        ("Newport, Essex", "essex"),
        ("Newport, Dyfed-Powys", "dyfed-powys"),
        ("Newport, Cymru", "gwent"),
        ("Richmond, north yorkshire", "north-yorkshire"),
        ("Bangor, Wales", "north-wales"),
        ("Bangor, Northern Ireland", "northern-ireland"),
        ("Bangor,", "northern-ireland"),
    ],
)
def test_what_stands_after_a_comma_comes_first_and_hides_nothing(text: str, force: str) -> None:
    assert names(text)[0][1] == force
    assert set(names(text, limit=50)) == set(names(text.partition(",")[0], limit=50))


def test_a_near_match_never_ties_with_the_name() -> None:
    scores = [f.score for f in queries.find_place(text="Brighton")]
    assert scores[0] == 100 and scores[1] < 100 and scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", ["xyzzyqq", "Qw", "日本", "zz zz"])
def test_nothing_is_found_for_nonsense(text: str) -> None:
    if fold(text):
        assert queries.find_place(text=text) == []
    else:
        with pytest.raises(ValueError, match="no letters"):
            queries.find_place(text=text)


@pytest.mark.parametrize(
    ("text", "limit", "says"),
    [
        ("", 5, "no letters"),
        (" ,Kent", 5, "no letters"),
        ("x" * 101, 5, "longer"),
        ("Hove", 0, "limit"),
        ("Hove", 51, "limit"),
    ],
)
def test_bad_questions_are_refused_with_a_sentence(text: str, limit: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        queries.find_place(text=text, limit=limit)


def test_the_limit_holds() -> None:
    assert len(queries.find_place(text="Newport", limit=3)) == 3


def test_every_place_lies_in_the_force_that_it_names() -> None:
    """The table was made with the nation of the place known, so it may know better than its point: by 500 m, seldom."""
    differ = Counter[str]()
    places = [place for found in queries._gazetteer()._named.values() for place, _ in found]
    unique = {place.id: place for place in places}.values()
    assert len(unique) > 5_800
    for place in unique:
        located = queries.force_at(lat=place.lat, lon=place.lon)
        if located.force != place.force:
            assert place.force in located.also, place
            differ[place.name] += 1
    assert sum(differ.values()) <= 5, differ


def test_fold() -> None:
    assert fold("Pont-y-pŵl") == "pont y pwl" and fold("King\u2019s  Lynn") == fold("KINGS LYNN")
    assert fold("Saint Asaph") == fold("St. Asaph") and fold("Brighton & Hove") == "brighton and hove"
