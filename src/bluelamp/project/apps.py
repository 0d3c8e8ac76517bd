from django.apps import AppConfig
from django.conf import settings


class ProjectConfig(AppConfig):
    name = "bluelamp.project"
    label = "project"

    def ready(self) -> None:
        from bluelamp.kernel.outbox.registry import install
        from bluelamp.kernel.people.operations.permit import install_table
        from bluelamp.project.demo.partner import PARTNER
        from bluelamp.project.permission_table import TABLE
        from bluelamp.project.wiring import HANDLERS, JOBS

        install(handlers=(*HANDLERS, PARTNER) if settings.BLUELAMP_DEMO else HANDLERS, jobs=JOBS)
        install_table(table=TABLE)
