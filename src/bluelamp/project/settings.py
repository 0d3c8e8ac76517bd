"""Django's settings. What an operator may change is in config.py."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from bluelamp.project.config import databases, read_config, secret_key

PACKAGE = Path(__file__).parents[1]
CONFIG = read_config(os.environ)
CONFIG.home.mkdir(parents=True, exist_ok=True)
BLUELAMP_HOME = CONFIG.home
BLUELAMP_OUTSIDE = CONFIG.outside

SECRET_KEY = secret_key(CONFIG.secret_key_file)
DEBUG = False
ALLOWED_HOSTS = list(CONFIG.hosts)
ROOT_URLCONF = "bluelamp.project.urls"
WSGI_APPLICATION = "bluelamp.project.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "bluelamp.ui.apps.UiConfig",
    "bluelamp.kernel.people.apps.PeopleConfig",
    "bluelamp.kernel.approvals.apps.ApprovalsConfig",
    "bluelamp.kernel.messaging.apps.MessagingConfig",
    "bluelamp.kernel.catalogue.apps.CatalogueConfig",
    "bluelamp.kernel.evidence.apps.EvidenceConfig",
    "bluelamp.index.apps.IndexConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bluelamp.project.middleware.no_nul",
    "bluelamp.project.middleware.outside",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(PACKAGE / "index" / "web" / "templates")],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ]
        },
    }
]

DATABASES = databases(CONFIG)
DATABASE_ROUTERS = ["bluelamp.project.routers.StreamRouter"]
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [str(PACKAGE / "locale")]
USE_TZ = True
TIME_ZONE = "Europe/London"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
BLUELAMP_MAIL_FROM = CONFIG.mail_from
BLUELAMP_SMTP = CONFIG.smtp
BLUELAMP_SMTP_PASSWORD_FILE = CONFIG.smtp_password_file
BLUELAMP_SMS_URL = CONFIG.sms_url
BLUELAMP_SMS_TOKEN_FILE = CONFIG.sms_token_file
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
