"""Django settings: one file. What may differ between offices comes from `env`."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlparse

from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent

_url = urlparse(os.environ.get("ANSWERABLE_DATABASE_URL", "postgresql:///answerable"))

DEMO = os.environ.get("ANSWERABLE_DEMO", "") == "1"
SECRET_KEY = os.environ.get("ANSWERABLE_SECRET_KEY", "dev-only-not-for-an-office")
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "answerable.core",
    "answerable.ui",
    "answerable.record",
    "answerable.orgs",
    "answerable.parties",
    "answerable.alerts",
    "answerable.cases",
    "answerable.api",
    "answerable.site",
    "answerable.ops",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "answerable.config.urls"
WSGI_APPLICATION = "answerable.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(_url.path.lstrip("/")) or "answerable",
        "USER": unquote(_url.username or ""),
        "PASSWORD": unquote(_url.password or ""),
        "HOST": unquote(_url.hostname or ""),
        "PORT": str(_url.port or ""),
        "TEST": {"NAME": os.environ.get("ANSWERABLE_TEST_DB") or None},
    }
}

AUTH_USER_MODEL = "orgs.Staff"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

LOCALE_PATHS = [str(folder) for folder in sorted(PACKAGE.glob("*/*/locale"))]

ANSWERABLE_KEY_FILE = os.environ.get("ANSWERABLE_KEY_FILE", "")

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("ANSWERABLE_STATIC_ROOT", PACKAGE.parent.parent / "var" / "static"))
WHITENOISE_USE_FINDERS = True
