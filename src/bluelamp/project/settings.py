"""Django's settings. What an operator may change is in config.py."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from bluelamp.project.config import (
    metrics_token,
    oidc_apps,
    oidc_origins,
    old_secret_key,
    read_config,
    secret_key,
)
from bluelamp.project.databases import databases
from bluelamp.project.logs import logging_config
from bluelamp.project.profiles import PROFILES

PACKAGE = Path(__file__).parents[1]
CONFIG = read_config(os.environ)
CONFIG.home.mkdir(parents=True, exist_ok=True, mode=0o700)
BLUELAMP_HOME = CONFIG.home
BLUELAMP_OUTSIDE = CONFIG.outside
BLUELAMP_PROFILE = PROFILES[CONFIG.profile]
BLUELAMP_METRICS_TOKEN = metrics_token(CONFIG)
BLUELAMP_REPORT_API = CONFIG.report_api
BLUELAMP_OPEN311 = CONFIG.open311
BLUELAMP_DANGER_MODEL = CONFIG.danger_model
BLUELAMP_PULL = CONFIG.pull
BLUELAMP_PROXY = CONFIG.proxy

SECRET_KEY = secret_key(CONFIG.secret_key_file)
SECRET_KEY_FALLBACKS = old_secret_key(CONFIG.secret_key_file)
BLUELAMP_ERASURES_FILE = CONFIG.erasures_file
DEBUG = False
ALLOWED_HOSTS = list(CONFIG.hosts)
ROOT_URLCONF = "bluelamp.project.urls"
WSGI_APPLICATION = "bluelamp.project.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "bluelamp.ui.apps.UiConfig",
    "bluelamp.kernel.outbox.apps.OutboxConfig",
    "bluelamp.kernel.vault.apps.VaultConfig",
    "bluelamp.kernel.audit.apps.AuditConfig",
    "bluelamp.kernel.fetching.apps.FetchingConfig",
    "bluelamp.kernel.people.apps.PeopleConfig",
    "bluelamp.kernel.approvals.apps.ApprovalsConfig",
    "bluelamp.kernel.messaging.apps.MessagingConfig",
    "bluelamp.kernel.clients.apps.ClientsConfig",
    "bluelamp.kernel.catalogue.apps.CatalogueConfig",
    "bluelamp.kernel.evidence.apps.EvidenceConfig",
    "bluelamp.index.apps.IndexConfig",
    "bluelamp.reporting.apps.ReportingConfig",
    "bluelamp.project.apps.ProjectConfig",
]
MIDDLEWARE = [
    "bluelamp.project.middleware.request_id",
    "bluelamp.project.running.observe.Observed",
    "django.middleware.security.SecurityMiddleware",
    "bluelamp.project.middleware.content_policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bluelamp.project.middleware.no_nul",
    "bluelamp.project.middleware.outside",
    "bluelamp.project.middleware.InProfile",
    "bluelamp.project.public_pages.PublicPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "bluelamp.project.middleware.refused",
    "bluelamp.project.middleware.api_methods",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "bluelamp.project.middleware.private_pages",
    "allauth.account.middleware.AccountMiddleware",
    "bluelamp.project.gate.Gate",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            str(PACKAGE / room / "templates")
            for room in ("index/web", "reporting/web", "kernel/people/web", "kernel/advice/web", "project/desk")
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "bluelamp.project.desk.menu.staff",
            ]
        },
    }
]

DATABASES = databases(CONFIG)
DATABASE_ROUTERS = ["bluelamp.project.routers.HomeRouter"]
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Signing in. Accounts are made by invitation; every account needs a second factor (project/gate.py).
AUTHENTICATION_BACKENDS = ["bluelamp.kernel.people.web.backend.Backend"]
SESSION_ENGINE = "bluelamp.kernel.people.web.sessions"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "index:home"
ACCOUNT_ADAPTER = "bluelamp.kernel.people.web.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "bluelamp.kernel.people.web.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if CONFIG.outside else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = CONFIG.proxies
MFA_ADAPTER = "bluelamp.kernel.people.web.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Bluelamp"
# Browsers allow passkeys without TLS on this machine only, and so do we.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not CONFIG.outside
SOCIALACCOUNT_ADAPTER = "bluelamp.kernel.people.web.adapters.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": oidc_apps(CONFIG)},
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.outside
SESSION_COOKIE_NAME = "__Host-bluelamp" if CONFIG.outside else "bluelamp"
CSRF_COOKIE_NAME = "__Host-csrftoken" if CONFIG.outside else "csrftoken"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Of a visit nothing stays on the device: this cookie ends with the browser, as the others do.
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "bluelamp.ui.errors.csrf_failure"
if CONFIG.proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
# Throttles count in a table that all worker processes share.
# Django's own limit is 300 rows, and the 301st drops counts at random: a crowd would reset the throttle of sign-in.
CACHES = {
    "default": {
        "BACKEND": "bluelamp.project.cache.SharedCounters",
        "LOCATION": "shared_counters",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
BLUELAMP_SESSION_HOURS = CONFIG.session_hours
BLUELAMP_IDLE_MINUTES = CONFIG.idle_minutes
BLUELAMP_CRIME_REVIEW_YEARS = CONFIG.crime_review_years
BLUELAMP_DEMO = CONFIG.demo

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [str(PACKAGE / "locale")]
USE_TZ = True
TIME_ZONE = "Europe/London"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": with it browsers send "Origin: null" with our own forms, which the forgery check must refuse.
SECURE_REFERRER_POLICY = "same-origin"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
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
        "worker-src": [SELF],
        # Browsers apply this to where a form's answer sends them on, too.
        "form-action": [SELF, *oidc_origins(CONFIG)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
BLUELAMP_TAG_AUTHORITY = CONFIG.tag_authority
BLUELAMP_MAIL_FROM = CONFIG.mail_from
BLUELAMP_SMTP = CONFIG.smtp
BLUELAMP_SMTP_PASSWORD_FILE = CONFIG.smtp_password_file
BLUELAMP_SMS_URL = CONFIG.sms_url
BLUELAMP_SMS_TOKEN_FILE = CONFIG.sms_token_file
# "Strict": no other site can make a browser open, change or leave a report.
BLUELAMP_REPORT_COOKIE = "__Host-bluelamp-report" if CONFIG.outside else "bluelamp-report"
BLUELAMP_EXIT_SITE = CONFIG.exit_site
BLUELAMP_DUTY_HOURS = CONFIG.duty_hours
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
LOGGING = logging_config(style=CONFIG.log, profile=CONFIG.profile)
