"""Who is signed in: every request of the desk begins with one statement that reads the member of staff, whether they
have a second factor, and which state the organisation is in.
"""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from answerable.core.statements import prepared
from answerable.orgs.models import Staff
from answerable.orgs.standing import STATE

_FIELDS = [field.attname for field in Staff._meta.concrete_fields]
_COLUMNS = ", ".join(f's."{field.column}"' for field in Staff._meta.concrete_fields)
_LOAD = f"""SELECT {_COLUMNS}, EXISTS (SELECT FROM mfa_authenticator m WHERE m.user_id = s.id), {STATE}
    FROM orgs_staff s WHERE s.id = %s AND s.is_active"""  # noqa: S608 - the model's own columns


class StaffBackend(AuthenticationBackend):
    """allauth's sign-in; `get_user` gives staff with `had_factor` and `read_with`: as this request began."""

    def get_user(self, user_id: Any) -> Staff | None:
        with prepared() as cursor:
            cursor.execute(_LOAD, [user_id])
            row = cursor.fetchone()
        if row is None:
            return None
        *values, had_factor, token, at = row
        staff = Staff.from_db(connection.alias, _FIELDS, values)
        staff.had_factor, staff.read_with = had_factor, (token, at)
        return staff
