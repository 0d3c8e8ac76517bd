"""The open API, one router a capability."""

from ninja import NinjaAPI

from bluelamp.index.web.api import register_problem_handlers, router

api = NinjaAPI(
    title="Bluelamp",
    version="1",
    description="Which connected devices and applications criminals were seen to target, with intervals.",
    docs_url=None,
    urls_namespace="api-1",
)
register_problem_handlers(api)
api.add_router("", router)
