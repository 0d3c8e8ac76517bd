"""The printed edition: what it says beside the figures, how its parts are tagged, how a copy is checked."""

import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils.translation import override
from press import FIRST, NOW, load, out, ready, small_catalogue

from bluelamp.index.models import Edition
from bluelamp.index.operations.editions import build_edition
from bluelamp.index.operations.package import package_files
from bluelamp.index.operations.printing import printed, printed_content

pytestmark = pytest.mark.django_db(databases=["default", "vault"])


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Iterator[Path]:
    settings.BLUELAMP_HOME = tmp_path / "home"
    small_catalogue()
    yield tmp_path


def content(edition: Edition, language: str = "en") -> dict[str, Any]:
    with override(language):
        return printed_content(edition=edition, language=language)


def streams(pdf: bytes) -> bytes:
    """Everything in a PDF that is packed, unpacked."""
    found = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(packed))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_the_threshold_is_stated_and_words_and_numbers_agree() -> None:
    edition = out(ready())
    keys = ("acme:alpha", "acme:beta", "acme:gamma")
    ends = (
        (0.503, 2.3, 0.61, 3.0, "high"),
        (0.497, 1.8, 0.52, 3.0, "cannot-tell"),
        (0.02, 0.4, 0.5, 2.0, "cannot-tell"),
    )
    for key, (low, high, alone_low, alone_high, band) in zip(keys, ends, strict=True):
        edition.rows.filter(product_key=key).update(
            low=low, high=high, jeffreys_low=alone_low, jeffreys_high=alone_high, band=band
        )
    for language, words in (("en", "above 0.5 dates a year"), ("cy", "uwchlaw 0.5 dyddiad y flwyddyn")):
        assert any(words in text for text in content(edition, language)["reading"])
    rows = {row[0]: row for row in content(edition)["rows"]}
    assert rows["Acme Alpha"][3:] == ["0.503 to 2.3", "0.61 to 3.0", "High"]
    assert rows["Acme Beta"][3:] == ["0.497 to 1.8", "0.52 to 3.0", "Cannot tell"]
    assert rows["Acme Gamma"][3:] == ["0.020 to 0.40", "0.50 to 2.0", "Cannot tell"]
    assert len(content(edition)["head"]) == len(rows["Acme Alpha"])


def test_the_title_is_the_first_heading_and_sections_stand_below_it() -> None:
    for language in ("en", "cy"):
        made = streams(printed(edition=out(ready()) if language == "en" else Edition.objects.get(), language=language))
        tags = re.findall(rb"/S\s*/(H\d|TH|Title)\b", made)
        assert tags.count(b"H1") == 1 and tags.count(b"H2") >= 4 and b"TH" in tags and b"Title" not in tags


def test_a_copy_says_step_by_step_how_it_is_checked() -> None:
    edition = out(ready())
    for language in ("en", "cy"):
        told = content(edition, language)
        assert [value for _, value in told["proof"]][:2] == [edition.version_hash, edition.figures_hash]
        commands = [step["command"] for step in told["steps"]]
        assert f"/editions/{edition.number}/0/" in commands and f"bluelamp index verify {edition.number}.0" in commands
    assert content(edition, "cy")["steps"][0]["words"] != content(edition)["steps"][0]["words"]
    described = json.loads(package_files(edition=edition)["datapackage.json"])
    assert (described["versionHash"], described["figuresHash"]) == (edition.version_hash, edition.figures_hash)


def test_an_unsigned_specimen_names_no_hash_of_what_was_signed_as_in_its_package() -> None:
    load(*FIRST)
    specimen, _ = build_edition(now=NOW)
    assert json.loads(package_files(edition=specimen)["datapackage.json"])["versionHash"] == ""
    told = content(specimen)
    assert [value for _, value in told["proof"]] == [specimen.figures_hash, specimen.code_version]
    assert "Nobody signed this" in told["steps"][0]["words"]
