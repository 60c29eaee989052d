"""Checks of the installation itself: database, worker, mail."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.core.mail import get_connection
from django.db import Error, connection
from django.utils.translation import gettext as _

from answerable.config.health import Health
from answerable.core.checks import Fault

OLDEST_MAJOR = 15


def check_database() -> Iterator[Fault]:
    """Reachable, recent enough, in UTF-8, migrated."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, current_setting('server_encoding')"
            )
            version, encoding = cursor.fetchone()
    except Error as error:
        yield Fault(
            "database_gone",
            _("The database cannot be reached (%(error)s).") % {"error": type(error).__name__},
            _("See that it runs and that ANSWERABLE_DATABASE_URL is right."),
        )
        return
    if version < OLDEST_MAJOR * 10000:
        yield Fault(
            "database_old",
            _("The database is PostgreSQL %(version)s; %(oldest)s or newer is needed.")
            % {"version": version // 10000, "oldest": OLDEST_MAJOR},
            _("Upgrade the database server."),
        )
    if encoding != "UTF8":
        yield Fault(
            "database_encoding",
            _("The database stores text as %(encoding)s, in which not every name can be written.")
            % {"encoding": encoding},
            _("Make a new database with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"),
        )
    if Health(lambda _request: None).parts()["migrations"] != "ok":  # type: ignore[arg-type,return-value]
        yield Fault(
            "database_behind",
            _("The database is older than this version of Answerable."),
            _("Run: answerable migrate"),
        )


def check_worker() -> Iterator[Fault]:
    if Health(lambda _request: None).parts()["worker"] != "ok":  # type: ignore[arg-type,return-value]
        yield Fault(
            "worker_silent",
            _(
                "No worker has been at work within the last minute: late cases are not lifted, nobody is told."
            ),
            _("Start it: answerable worker. Under systemd: systemctl status answerable-worker"),
        )


def check_mail() -> Iterator[Fault]:
    """The mail server takes our sign-in. Nothing is sent."""
    if settings.DEMO:
        return
    if not settings.EMAIL_HOST:
        yield Fault(
            "mail_unset",
            _("No mail server is set: neither people nor staff can be told anything by e-mail."),
            _("Set ANSWERABLE_EMAIL_HOST and what belongs to it."),
        )
        return
    try:
        mail = get_connection(fail_silently=False)
        mail.open()
        mail.close()
    except Exception as error:  # smtplib, ssl and socket errors have no common base
        yield Fault(
            "mail_refused",
            _("The mail server %(host)s cannot be used (%(error)s).")
            % {"host": settings.EMAIL_HOST, "error": _told(error)},
            _("Check ANSWERABLE_EMAIL_HOST, _PORT, _SECURITY, _USER and _PASSWORD."),
        )


def _told(error: Exception) -> str:
    """The kind of fault, and what the system says of it: a certificate that nobody trusts is not a closed port."""
    said = (getattr(error, name, None) for name in ("verify_message", "reason", "strerror"))
    why = next((str(one) for one in said if one), "")
    return f"{type(error).__name__}: {why}" if why else type(error).__name__
