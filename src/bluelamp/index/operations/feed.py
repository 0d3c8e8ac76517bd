"""The Atom feed (RFC 4287) of editions and changes. Ids are tag: URIs (RFC 4151) that no move of the site changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as Tree

from django.conf import settings
from django.utils.translation import gettext, override

from bluelamp.index.models import Edition, Release
from bluelamp.index.publishing_queries import calendar
from bluelamp.index.queries import out_editions

NAMESPACE = "http://www.w3.org/2005/Atom"
MOST = 50
_NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Happening:
    """One entry of the feed; `number` and `revision` name the edition's page, 0 where it is about the calendar."""

    id: str
    at: datetime
    published: datetime
    title: str
    summary: str
    number: int = 0
    revision: int = 0


def tag(specific: str) -> str:
    """A stable id. Whoever mints it names a domain that was theirs on a day: a setting."""
    return f"tag:{settings.BLUELAMP_TAG_AUTHORITY}:{specific}"


def happenings() -> list[Happening]:
    """What was published, corrected, withdrawn, announced, moved and cancelled, newest first."""
    found = [h for edition in out_editions() for h in _of_edition(edition)]
    found += [h for release in calendar() for h in _of_release(release)]
    return sorted(found, key=lambda h: (h.at, h.id), reverse=True)[:MOST]


def atom_feed(*, base: str, path: str, language: str) -> str:
    """The feed as XML; `base` is the site's address without a path, `path` the feed's own."""
    prefix = "/cy" if language == "cy" else ""
    with override(language):
        entries = happenings()
        Tree.register_namespace("", NAMESPACE)
        feed = Tree.Element(_name("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": language})
        _text(feed, "id", tag(f"index/changes/{language}"))
        _text(feed, "title", gettext("Bluelamp Security Index: editions and changes"))
        _text(feed, "updated", _time(max((e.at for e in entries), default=_NOTHING_YET)))
        Tree.SubElement(feed, _name("link"), {"rel": "self", "type": "application/atom+xml", "href": f"{base}{path}"})
        page = f"{base}{prefix}/editions/"
        Tree.SubElement(feed, _name("link"), {"rel": "alternate", "type": "text/html", "href": page})
        _text(Tree.SubElement(feed, _name("author")), "name", "Bluelamp")
        for entry in entries:
            item = Tree.SubElement(feed, _name("entry"))
            _text(item, "id", entry.id)
            _text(item, "title", entry.title)
            _text(item, "updated", _time(entry.at))
            _text(item, "published", _time(entry.published))
            page = f"/editions/{entry.number}/{entry.revision}/" if entry.number else "/releases/"
            Tree.SubElement(
                item, _name("link"), {"rel": "alternate", "type": "text/html", "href": f"{base}{prefix}{page}"}
            )
            _text(item, "summary", entry.summary)
    body: str = Tree.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'


def _of_edition(edition: Edition) -> Iterator[Happening]:
    own = {"number": edition.label}
    published = edition.published_at
    assert published is not None  # noqa: S101 - the database holds it for all that is out
    page = (edition.number, edition.revision)
    if edition.replaces_id:
        title = gettext("Correction %(number)s") % own
        yield Happening(tag(f"edition/{edition.pk}"), published, published, title, edition.reason, *page)
    else:
        period = {"start": edition.period_start.isoformat(), "end": edition.period_end.isoformat()}
        summary = gettext("For %(start)s to %(end)s. Not official statistics.") % period
        title = gettext("Edition %(number)s") % own
        yield Happening(tag(f"edition/{edition.pk}"), published, published, title, summary, *page)
    if edition.withdrawn_at:
        at, title = edition.withdrawn_at, gettext("Edition %(number)s was withdrawn") % own
        yield Happening(tag(f"edition/{edition.pk}/withdrawn"), at, at, title, edition.withdrawn_reason, *page)


def _of_release(release: Release) -> Iterator[Happening]:
    at = release.announced_at
    first = min((m for m in release.moves.all()), key=lambda m: m.at, default=None)
    day = (first.old if first else release.on).isoformat()
    title = gettext("Announced for %(day)s") % {"day": day}
    yield Happening(tag(f"release/{release.pk}"), at, at, title, title)
    for move in release.moves.all():
        days = {"old": move.old.isoformat(), "new": move.new.isoformat()}
        title = gettext("Moved from %(old)s to %(new)s") % days
        yield Happening(tag(f"release/{release.pk}/move/{move.pk}"), move.at, move.at, title, move.reason)
    if release.cancelled_at:
        title, at = gettext("%(day)s was cancelled") % {"day": release.on.isoformat()}, release.cancelled_at
        yield Happening(tag(f"release/{release.pk}/cancelled"), at, at, title, release.cancelled_reason)


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(parent: Tree.Element, name: str, text: str) -> None:
    Tree.SubElement(parent, _name(name)).text = "".join(c for c in text if c >= " " or c in "\n\t")


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
