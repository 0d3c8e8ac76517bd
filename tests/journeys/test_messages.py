"""Welsh: every message of the pages has a Welsh text with the same placeholders, and the compiled file is fresh."""

import ast
import io
import re
from pathlib import Path

import allauth
import django
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[2] / "src" / "bluelamp"
FOLDER = PACKAGE / "locale" / "cy" / "LC_MESSAGES"
# Words that stand elsewhere and are shown by the pages.
FILES = (
    "project/wiring.py",
    "project/site.py",
    "index/operations/feed.py",
    "index/operations/printed_proof.py",
    "index/operations/printing.py",
    "index/operations/reason_words.py",
    "reporting/operations/receipt_print.py",
)
ROOMS = ("ui", "index/web", "reporting/web", "kernel/people/web", "kernel/advice/web", "project/desk")
NAMES = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)")


def used() -> set[str | tuple[str, ...]]:
    """Every message that templates and modules of the pages ask for."""
    found: set[str | tuple[str, ...]] = set()
    for file in (*(f for room in ROOMS for f in (PACKAGE / room).rglob("*")), *(PACKAGE / file for file in FILES)):
        if file.suffix not in (".html", ".py"):
            continue
        text = file.read_text(encoding="utf-8")
        source = templatize(text, origin=str(file)) if file.suffix == ".html" else text
        found |= {message for _, message, _, _ in extract("python", io.BytesIO(source.encode()), keywords=NAMES)}
    return found


@pytest.fixture(scope="module")
def welsh() -> Catalog:
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="cy")


def test_every_message_has_a_welsh_text(welsh: Catalog) -> None:
    for message in used():
        key = message if isinstance(message, str) else message[0]
        entry = welsh.get(key)
        assert entry is not None, f"not in django.po: {key}"
        assert not entry.fuzzy
        texts = [entry.string] if isinstance(message, str) else list(entry.string)
        assert all(texts), f"no Welsh text: {key}"
        asked = set(PLACEHOLDER.findall("".join(message)))
        assert set(PLACEHOLDER.findall("".join(texts))) == asked, f"placeholders differ: {key}"


def borrowed() -> set[str]:
    """Messages of the sign-in library and of Django that our pages show: those packages have no Welsh for them."""
    found: set[str] = set()
    for package in (allauth, django):
        root = Path(package.__file__ or "").parent
        for file in root.glob("**/locale/de/LC_MESSAGES/django.po"):
            with file.open("rb") as opened:
                found |= {m.id if isinstance(m.id, str) else m.id[0] for m in read_po(opened, locale="de") if m.id}
    return found


def said() -> set[str]:
    """What operations say, and the desk translates when it shows it: their texts are constants of modules."""
    files = [file for room in ("index", "kernel/approvals", "project/desk") for file in (PACKAGE / room).rglob("*.py")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_no_message_is_left_over(welsh: Catalog) -> None:
    keys = {m if isinstance(m, str) else m[0] for m in used()} | said()
    left = {(m.id if isinstance(m.id, str) else m.id[0]) for m in welsh if m.id} - keys
    assert left <= borrowed(), left - borrowed()


def test_compiled_file_is_fresh(welsh: Catalog) -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = read_mo(file)
    assert {_plain(m.id): _plain(m.string) for m in compiled if m.id} == {
        _plain(m.id): _plain(m.string) for m in welsh if m.id
    }


def _plain(texts: str | list[str] | tuple[str, ...]) -> str:
    return texts if isinstance(texts, str) else "|".join(texts)


def test_one_word_for_an_edition(welsh: Catalog) -> None:
    """One page said both "argraffiad" and "rhifyn": "argraffiad" it is, and "yr" stands before its vowel."""
    texts = [_plain(m.string) for m in welsh if m.id]
    assert not [t for t in texts if re.search(r"\br?h?ifyn(nau)?\b", t, re.IGNORECASE)]
    assert not [t for t in texts if re.search(r"\b[yY] argraffiad", t)]


def test_labels_are_those_of_the_catalogue() -> None:
    from django.utils.translation import override

    from bluelamp.kernel.catalogue.domain.categories import CATEGORIES, GROUPS
    from bluelamp.kernel.people.domain.capacities import CAPACITIES
    from bluelamp.ui import labels

    with override("en"):
        assert {c: str(title) for c, title in labels.CAPACITIES.items()} == {
            c.code: c.title for c in CAPACITIES.values()
        }
        assert {c: (str(s), str(p)) for c, (s, p) in labels.CATEGORIES.items()} == {
            c.code: (c.singular, c.plural) for c in CATEGORIES.values()
        }
        assert {g: str(name) for g, name in labels.GROUPS.items()} == GROUPS


# Pages for failures hold both languages: nothing may be asked to translate them.
_BOTH = {"500.html", "503.html", "failure.html"}


def test_no_text_stands_in_templates_untranslated() -> None:
    """Words between tags that no translation tag wraps, apart from names that are alike in both languages."""
    allowed = {"Bluelamp", "English", "Cymraeg", "CSV", "JSON", "AUC-PR", "NDCG@100", "bluelamp setup", "!", "%"}
    bare: set[str] = set()
    for file in (f for room in ROOMS for f in (PACKAGE / room).rglob("*.html") if f.name not in _BOTH):
        text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", file.read_text(encoding="utf-8"), flags=re.S)
        text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.S)
        text = text.replace(" ()", "").replace("Bluelamp \N{EN DASH} Bluelamp", "Bluelamp")
        bare |= {w.strip(" \n,.:\N{EN DASH}") for w in re.findall(r">([^<>]+)<", text)}
    words = {w for w in bare if re.search(r"[A-Za-z]{2}", w) and not w.startswith("/api/")}
    assert words <= allowed, words - allowed


def test_module_messages_are_literals() -> None:
    """A message built at run time would never reach the catalogue; `str(problem)` and `x.reason` are of `said`."""
    for file in (f for room in ROOMS for f in (PACKAGE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in NAMES:
                first = node.args[0]
                of_operations = isinstance(first, ast.Call) and getattr(first.func, "id", "") == "str"
                of_operations |= isinstance(first, ast.Attribute) and first.attr == "reason"
                of_operations |= file.name == "publishing_words.py" and getattr(first, "id", "") == "one"
                assert of_operations or isinstance(first, ast.Constant), f"{file.name}:{node.lineno}"


def test_findings_that_count_have_a_welsh_text(welsh: Catalog) -> None:
    """They stand in a table, where nobody asks for them by name."""
    from bluelamp.project.desk.publishing_words import _COUNTED

    assert _COUNTED
    for one, many in _COUNTED.values():
        entry = welsh.get(one)
        assert entry is not None and all(entry.string), one
        assert {m for text in entry.string for m in PLACEHOLDER.findall(text)} <= set(PLACEHOLDER.findall(one + many))
