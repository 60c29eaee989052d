"""Sessions in the database, read with one plain statement: every request of the desk begins with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from answerable.core.statements import prepared

_LOAD = """SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s
    AND expire_date <= %s"""
#: By so much two machines may differ about the time.
_CLOCK_DOUBT = timedelta(minutes=1)


class SessionStore(db.SessionStore):
    """Django's own store but for the statement that loads a session. One that would last longer than any does was begun
    while the clock ran ahead: it would go on for as long as the clock was put back."""

    def _get_session_from_db(self) -> Any:
        now = timezone.now()
        longest = now + timedelta(seconds=settings.SESSION_COOKIE_AGE) + _CLOCK_DOUBT
        with prepared() as cursor:
            cursor.execute(_LOAD, [self.session_key, now, longest])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return None
        return Session(session_key=str(self.session_key), session_data=row[0], expire_date=row[1])
