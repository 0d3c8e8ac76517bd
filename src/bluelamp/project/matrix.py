"""The table of permissions as rows and as a page of the docs."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from bluelamp.kernel.people.domain.actions import Action
from bluelamp.project.permission_table import ALLOWED, ROUTES, TABLE, Open


@dataclass(frozen=True)
class Row:
    """One address with its rule."""

    address: str
    name: str
    rule: str
    capacities: str


def names() -> Iterator[tuple[str, str]]:
    """Every address of the program with the name of its view, as Django resolves it."""
    yield from _walk(get_resolver().url_patterns, "/", "")


def rows() -> list[Row]:
    """The table in order of address."""
    found = []
    for address, name in names():
        rule = ROUTES.get(name, Open.CLOSED)
        if isinstance(rule, Action):
            found.append(Row(address, name, rule.code, ", ".join(sorted(TABLE[rule.code]))))
        else:
            found.append(Row(address, name, rule.name.lower().replace("_", " "), rule.value))
    return sorted(found, key=lambda row: row.address)


def markdown() -> str:
    """docs/reference/permissions.md."""
    lines = [
        "# Permissions",
        "Made by `bluelamp people matrix --markdown`; a test compares it. What is in no table is closed.",
        "",
        "## Actions",
        "| action | what it is | personal data | capacities |",
        "|---|---|---|---|",
    ]
    for d in sorted(ALLOWED, key=lambda declared: declared.action.code):
        personal = "yes: every use is audited" if d.action.personal_data else "no"
        capacities = ", ".join(sorted(d.capacities))
        lines.append(f"| `{d.action.code}` | {d.action.title} | {personal} | {capacities} |")
    lines += ["", "## Addresses", "| address | rule | who |", "|---|---|---|"]
    lines += [f"| `{row.address}` | {row.rule} | {row.capacities} |" for row in rows()]
    return "\n".join(lines) + "\n"


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, space: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        text = prefix + str(pattern.pattern).replace("^", "").replace("$", "").replace("\\Z", "")
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, text, inner)
        else:
            yield text.replace("|", "\\|"), f"{space}{pattern.name or ''}"
