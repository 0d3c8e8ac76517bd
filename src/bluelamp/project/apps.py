from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "bluelamp.project"
    label = "project"

    def ready(self) -> None:
        from bluelamp.kernel.outbox.registry import install
        from bluelamp.kernel.people.operations.permit import install_table
        from bluelamp.project.permission_table import TABLE
        from bluelamp.project.wiring import HANDLERS, JOBS

        install(handlers=HANDLERS, jobs=JOBS)
        install_table(table=TABLE)
