"""The ASGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from bluelamp.project.front import Front

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bluelamp.project.settings")
application = Front(get_wsgi_application())
