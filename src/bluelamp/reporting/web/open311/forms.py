"""Answers of GeoReport in its two forms. What is a list in JSON has, in XML, an element around each of its members."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse

XML, JSON = "xml", "json"
_TYPES = {XML: "text/xml; charset=utf-8", JSON: "application/json; charset=utf-8"}
# What a list's members are called in XML.
_MEMBERS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
# XML 1.0 cannot hold these, not even escaped.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer(*, form: str, root: str, content: Any, status: int = 200) -> HttpResponse:
    """The answer: in JSON the content itself, in XML below an element named `root`."""
    if form == JSON:
        text = json.dumps(content, ensure_ascii=False)
    else:
        text = f'<?xml version="1.0" encoding="utf-8"?>\n{_element(root, content)}\n'
    return HttpResponse(text.encode("utf-8", "replace"), status=status, content_type=_TYPES[form])


def errors(*, form: str, status: int, sentences: Sequence[str]) -> HttpResponse:
    """The errors, each with its code and a sentence."""
    told = [{"code": status, "description": sentence} for sentence in sentences]
    return answer(form=form, root="errors", content=told, status=status)


def _element(name: str, content: Any) -> str:
    return f"<{name}>{_inner(name, content)}</{name}>"


def _inner(name: str, content: Any) -> str:
    match content:
        case Mapping():
            return "".join(_element(key, value) for key, value in content.items())
        case list() | tuple():
            return "".join(_element(_MEMBERS[name], one) for one in content)
        case bool():
            return "true" if content else "false"
        case None:
            return ""
    return escape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", str(content)))
