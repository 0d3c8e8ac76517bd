"""The open API, and the one with which programs send reports, which needs a key and is closed unless switched on."""

import json
from collections.abc import Sequence
from typing import Any, cast

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from bluelamp.index.web.api import router
from bluelamp.reporting.web.api import router as reports
from bluelamp.ui.problems import register_problem_handlers

_PREFIX = "/api/v1/"


class Api(NinjaAPI):
    """Django Ninja's, whose description says that every error is a problem document."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description; every error as application/problem+json."""
        schema = super().get_openapi_schema(**{"path_prefix": _PREFIX, **options})
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in response.get("content", {}):
                        response["content"] = {"application/problem+json": response["content"]["application/json"]}
        return schema


class ApiOfKeys(Api):
    """The same without a page of its own at the root, which is the open API's."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        found = cast("Sequence[URLResolver | URLPattern]", super()._get_urls())
        return [pattern for pattern in found if pattern.name != "api-root"]  # type: ignore[union-attr]


class StrictParser(Parser):
    """JSON of which nothing can be read in two ways: no name twice, no number that is none."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body. Raises ValueError, RecursionError, which both are answered with 400."""
        return json.loads(request.body, object_pairs_hook=_once, parse_constant=_no_number)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("A name stands twice in one object.")
    return held


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON.")


api = Api(
    title="Bluelamp",
    version="1",
    description="Which connected devices and applications criminals were seen to target, with intervals.",
    docs_url=None,
    urls_namespace="api-1",
)
register_problem_handlers(api)
api.add_router("", router)

report_api = ApiOfKeys(
    title="Bluelamp: reports",
    version="1",
    description="Sends reports of stolen, hacked or misused devices and accounts. Needs the key of a program; what a "
    "sandbox key sends is a test. See docs/reference/api-reports.md.",
    docs_url=None,
    openapi_url="reports/openapi.json",
    urls_namespace="report-api",
    parser=StrictParser(),
)
register_problem_handlers(report_api)
report_api.add_router("", reports)
