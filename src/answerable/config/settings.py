"""Django settings: one file. What differs between offices comes from `env` (ANSWERABLE_*)."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from answerable.config import env, logging

PACKAGE = Path(__file__).resolve().parent.parent
ENV = env.load(os.environ)

DEMO = ENV.DEMO
DEBUG = False
BASE_URL = ENV.BASE_URL
SECRET_KEY = ENV.SECRET_KEY
ALLOWED_HOSTS = [*(ENV.ALLOWED_HOSTS or [urlsplit(BASE_URL).hostname])]
ANSWERABLE_DATA_DIR = ENV.DATA_DIR
ANSWERABLE_KEY_FILE = ENV.KEY_FILE
ANSWERABLE_RECORD_KEY_FILE = ENV.RECORD_KEY_FILE or ENV.DATA_DIR / "record-key"
ANSWERABLE_PROMISE_KEY_FILE = ENV.PROMISE_KEY_FILE or ENV.DATA_DIR / "promise-key"
ANSWERABLE_RECORD_CADENCE = ENV.RECORD_CADENCE  # seconds between two publications of the log
ANSWERABLE_RECORD_GUARD = ENV.DATA_DIR / "record-guard"  # what was signed last, outside the database
ANSWERABLE_RECORD_WITNESSES = ENV.RECORD_WITNESSES  # who cosigns the log, and how many of them it needs
ANSWERABLE_RECORD_TSA_URL = ENV.RECORD_TSA_URL  # who stamps the log's checkpoints with a time
ANSWERABLE_RECORD_TSA_CERTIFICATE = ENV.RECORD_TSA_CERTIFICATE
ANSWERABLE_ARCHIVE_DIR = ENV.ARCHIVE_DIR or ENV.DATA_DIR / "archive"  # sealed packages of ended cases
ANSWERABLE_CLAMD_SOCKET = ENV.CLAMD_SOCKET
ANSWERABLE_PACKS_DIR = ENV.PACKS_DIR  # an office's own procedure packs
PROXIES = ENV.PROXIES  # how many trusted proxies stand in front, each adding to X-Forwarded-For
if ENV.LEAVE_TO:
    LEAVE_TO = ENV.LEAVE_TO

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "answerable.core",
    "answerable.ui",
    "answerable.record",
    "answerable.orgs",
    "answerable.parties",
    "answerable.duty",
    "answerable.alerts",
    "answerable.cases",
    "answerable.cases.mailbox",
    "answerable.cases.imports",
    "answerable.incidents",
    "answerable.readiness.periods",
    "answerable.readiness.rounds",
    "answerable.readiness.reports",
    "answerable.figures",
    "answerable.figures.published",
    "answerable.api",
    "answerable.open311",
    "answerable.site",
    "answerable.ops",
    # Last: our sign-in pages and our words come before theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "answerable.config.health.Health",
    "answerable.config.logging.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "answerable.record.served.RecordFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "answerable.ui.not_allowed.NotAllowedPage",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "answerable.orgs.accounts.second_factor.SecondFactor",
]

ROOT_URLCONF = "answerable.config.urls"
WSGI_APPLICATION = "answerable.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "answerable.ui.engine.Templates",
        "NAME": "django",
        "OPTIONS": {
            "loaders": [
                (
                    "answerable.ui.folding.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "answerable.ui.context.shell",
            ],
        },
    }
]

# ---------------------------------------------------------------- database

_database = {name: str(value) for name, value in conninfo_to_dict(ENV.DATABASE_URL).items()}

DATABASES = {
    "default": {
        "ENGINE": "answerable.core.database",
        "NAME": _database.pop("dbname", "answerable"),
        "USER": _database.pop("user", ""),
        "PASSWORD": _database.pop("password", ""),
        "HOST": _database.pop("host", ""),
        "PORT": _database.pop("port", ""),
        # A machine that vanished does not hang up: what the address does not say about patience (in seconds) is
        # said here, so that a page answers and a worker goes on.
        "OPTIONS": {
            "connect_timeout": "5",
            "keepalives_idle": "30",
            "keepalives_interval": "10",
            "keepalives_count": "3",
            # Lets the statements be prepared that ask for it (core.statements); no others are.
            "prepare_threshold": 5,
        }
        | _database,
        # One connection a thread, kept; looked at before each request, so that a restart of the database
        # costs nobody an error page.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": ENV.TEST_DB or None},
    }
}

# ---------------------------------------------------------------- people and sessions

AUTH_USER_MODEL = "orgs.Staff"
AUTHENTICATION_BACKENDS = ["answerable.orgs.accounts.backend.StaffBackend"]
_CHECKS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "answerable.orgs.accounts.passwords.LengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_CHECKS}.CommonPasswordValidator"},
    {"NAME": f"{_CHECKS}.NumericPasswordValidator"},
    {
        "NAME": f"{_CHECKS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email", "name_zh", "name_en")},
    },
]
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "answerable.orgs.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "answerable.orgs.accounts.forms.SignInForm",
    "change_password": "answerable.orgs.accounts.forms.NewPasswordForm",
    "reauthenticate": "answerable.orgs.accounts.forms.PasswordOnceMoreForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # throttled once, by core.limits, which keeps no address (rights, rule 2)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "answerable.orgs.accounts.factors.FactorAdapter"
MFA_FORMS = {
    "activate_totp": "answerable.orgs.accounts.forms.SetUpAppForm",
    "add_webauthn": "answerable.orgs.accounts.forms.AddPasskeyForm",
    "authenticate": "answerable.orgs.accounts.forms.CodeForm",
    "reauthenticate": "answerable.orgs.accounts.forms.CodeAgainForm",
}
MFA_TOTP_ISSUER = "Answerable"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_IS_HTTPS = BASE_URL.startswith("https://")
SESSION_ENGINE = "answerable.orgs.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None  # it ends with the browser, as the footer of every public page says
SESSION_COOKIE_AGE = 12 * 3600  # seconds: one shift
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "answerable.ui.errors.csrf_failure"
# Bytes of a form without its files. A text far over the limit must still arrive, to get its sentence and not be lost.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 << 20
if _IS_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ---------------------------------------------------------------- languages and files

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# Each room brings its own catalogue. Where the checkout cannot be written to, the compiled ones lie in the run
# folder (see ops.messages).
_run_locale = (ENV.RUN_DIR or PACKAGE.parent.parent / ".run") / "locale"
LOCALE_PATHS = [str(path) for path in sorted(_run_locale.glob("*")) if path.is_dir()]
# A part of a room (the desk, the portal, the person's page in cases) may bring its own.
LOCALE_PATHS += [str(path) for path in sorted(PACKAGE.glob("*/*/locale")) if path.is_dir()]

STATIC_URL = "static/"
# Files are served out of the rooms and installed packages where they lie; nothing is collected.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# ---------------------------------------------------------------- messages out

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if ENV.EMAIL_HOST
    else "django.core.mail.backends.dummy.EmailBackend"
)
EMAIL_HOST, EMAIL_PORT = ENV.EMAIL_HOST, ENV.EMAIL_PORT
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENV.EMAIL_USER, ENV.EMAIL_PASSWORD
EMAIL_USE_TLS, EMAIL_USE_SSL = ENV.EMAIL_SECURITY == "starttls", ENV.EMAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 10  # seconds for each line of the mail server
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.EMAIL_FROM or f"answerable@{urlsplit(BASE_URL).hostname}"
SMS_URL, SMS_TOKEN, SMS_BODY = ENV.SMS_URL, ENV.SMS_TOKEN, ENV.SMS_BODY
OUTSIDE_CALLS = ENV.OUTSIDE_CALLS
VOICE_URL, VOICE_TOKEN, VOICE_BODY = ENV.VOICE_URL, ENV.VOICE_TOKEN, ENV.VOICE_BODY
SMS_INBOUND_KEY, VOICE_INBOUND_KEY = (
    ENV.SMS_INBOUND_KEY,
    ENV.VOICE_INBOUND_KEY,
)  # what comes back is signed with
ANSWERABLE_PUSH_KEY_FILE = ENV.PUSH_KEY_FILE or ENV.DATA_DIR / "push-key"  # browsers are subscribed to it
ALERT_HOSTS = ENV.ALERT_HOSTS  # servers of the office's own that contacts may name, in private networks too
ALERT_IMAP_URL = ENV.ALERT_IMAP_URL  # where answers by e-mail arrive
LIVE_URL = ENV.LIVE_URL  # where alarms are streamed from, if not below our own address
# Where pages listen; "": nowhere, they ask every few seconds.
LIVE_STREAM = LIVE_URL or ("/desk/alerts/live/stream" if ENV.LIVE_LISTEN else "")
if LIVE_URL:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"].append(
        "{0.scheme}://{0.netloc}".format(urlsplit(LIVE_URL))
    )
HEARTBEAT_URL = ENV.HEARTBEAT_URL
DUTY_LOG_DAYS = ENV.DUTY_LOG_DAYS  # for so long the duty room's log books are kept
THROTTLES = ENV.THROTTLES  # alarms by each way: at most so many within so many minutes, the rest as one

LOGGING = logging.configuration(ENV.LOG_LEVEL, ENV.LOG_FORMAT)
