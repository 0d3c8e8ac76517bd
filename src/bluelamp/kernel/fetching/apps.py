from django.apps import AppConfig


class FetchingConfig(AppConfig):
    name = "bluelamp.kernel.fetching"
    label = "fetching"
    default_auto_field = "django.db.models.BigAutoField"
