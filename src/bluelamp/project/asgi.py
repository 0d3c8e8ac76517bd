"""The ASGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from bluelamp.project.front import Front

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.project.settings")
django = get_wsgi_application()

from bluelamp.project.kept_answers import KeptAnswers  # noqa: E402 needs the models
from bluelamp.project.running.warming import warm_beside  # noqa: E402 needs the settings

application = Front(KeptAnswers(django))
warm_beside()
