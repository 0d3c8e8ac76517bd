"""The style sheet of the citizen's pages: only what they use, so that it is small on a slow line.

`python scripts/trim_css.py` writes `report.css` of the vendored components, `bluelamp.css` and `journey.css`, and each
citizen's file again as `.gz`, which the server sends to browsers that take it. Run it when one of those, a citizen's
template or a script has changed (a test asks for it).
"""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "bluelamp"
STATIC = PACKAGE / "ui" / "static"
OWN = STATIC / "bluelamp"
SHEETS = (STATIC / "vendor" / "govuk-frontend.css", OWN / "bluelamp.css", OWN / "journey.css")
PACKED = ("report.css", "report.js", "devices.js")
_CLASS = re.compile(r"\.((?:\\.|[\w-])+)")
_NAME = re.compile(r"(?:govuk|bl)-(?:[\w-]|!)+")
_SPACE = re.compile(r"\s*([{};,>])\s*|(?<=[\w)-]): ")
# Pages of the triage desk have the whole sheets.
_DESK = ("desk", "triage")


def readers() -> list[Path]:
    """The files whose classes count: citizens' templates, the frame around them, their scripts and views."""
    web = PACKAGE / "reporting" / "web"
    frame = PACKAGE / "ui" / "templates"
    found = [*web.rglob("*.html"), *web.glob("*.py"), frame / "base.html", *(OWN / n for n in PACKED if n[-2:] == "js")]
    found += [frame / "components" / f"{name}.html" for name in ("languages", "nav", "draft")]
    inside = ((path, path.relative_to(PACKAGE).parts) for path in found)
    return sorted(path for path, parts in inside if not any(part.startswith(_DESK) for part in parts))


def used() -> frozenset[str]:
    """Names of classes that the pages may have."""
    return frozenset(name for path in readers() for name in _NAME.findall(path.read_text(encoding="utf-8")))


def trimmed(css: str, names: frozenset[str]) -> str:
    """The rules whose selectors name no class but these. Media and other conditions stay around what is left."""
    kept: list[str] = []
    for head, body in _blocks(_small(css)):
        if head.startswith("@media") or head.startswith("@supports"):
            inner = trimmed(body, names)
            kept += [f"{head}{{{inner}}}"] if inner else []
        elif head.startswith("@"):
            continue
        else:
            selectors = [s for s in _selectors(head) if _plain(s) <= names]
            kept += [f"{','.join(selectors)}{{{body}}}"] if selectors else []
    return "".join(kept)


def sheet() -> str:
    """The whole of `report.css`."""
    names = used()
    parts = [trimmed(path.read_text(encoding="utf-8"), names) for path in SHEETS]
    about = "/* Made by scripts/trim_css.py: change journey.css instead. Contains parts of govuk-frontend (MIT). */\n"
    return about + "\n".join(parts) + "\n"


def main() -> None:
    """Write the sheet and the packed files."""
    (OWN / "report.css").write_text(sheet(), encoding="utf-8")
    for name in PACKED:
        content = (OWN / name).read_bytes()
        packed = OWN / f"{name}.gz"
        if not packed.exists() or gzip.decompress(packed.read_bytes()) != content:
            packed.write_bytes(gzip.compress(content, 9, mtime=0))
        print(f"{name}: {len(content):,} bytes, {packed.stat().st_size:,} packed")


def _small(css: str) -> str:
    without = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return _SPACE.sub(lambda m: m[1] or ":", re.sub(r"\s+", " ", without)).replace(";}", "}").strip()


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    at = 0
    while (opened := css.find("{", at)) >= 0:
        # A statement such as @charset ends before the next block begins.
        head = css[at:opened].rpartition(";")[2].strip()
        depth, end = 1, opened + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield head, css[opened + 1 : end - 1]
        at = end


def _selectors(head: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(head):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append(head[start:place].strip())
            start = place + 1
    return [*parts, head[start:].strip()]


def _plain(selector: str) -> set[str]:
    """The classes in a selector; those inside of `:not()` do not have to be there."""
    bare = re.sub(r":not\([^()]*\)", "", selector)
    return {name.replace("\\", "") for name in _CLASS.findall(bare)}


if __name__ == "__main__":
    main()
