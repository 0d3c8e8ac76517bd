"""The open API, one router a capability."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from bluelamp.index.web.api import register_problem_handlers, router


class Api(NinjaAPI):
    """Django Ninja's, whose description says that every error is a problem document."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description; every error as application/problem+json."""
        schema = super().get_openapi_schema(**options)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in response.get("content", {}):
                        response["content"] = {"application/problem+json": response["content"]["application/json"]}
        return schema


api = Api(
    title="Bluelamp",
    version="1",
    description="Which connected devices and applications criminals were seen to target, with intervals.",
    docs_url=None,
    urls_namespace="api-1",
)
register_problem_handlers(api)
api.add_router("", router)
