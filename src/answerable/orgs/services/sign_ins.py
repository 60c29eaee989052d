"""Sign-ins of staff: made, renewed, closed; a lost second factor. Nobody but the person ever knows the password."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from answerable.core import codes
from answerable.core.refusals import Refusal
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Authority, Staff
from answerable.orgs.steps import record
from answerable.record.actors import Actor, ActorKind

#: How long a one-time code opens.
CODE_GOOD_FOR = timedelta(days=3)
_HOUR_S = 3600


class CannotSignIn(Refusal):
    """Codes: `yourself`, `wrong_code`."""


@transaction.atomic(durable=True)
def give_one_time_code(*, staff_id: int, home: Authority, by: Actor, now: datetime, why: str) -> str:
    """A code with which the person sets a password themselves, once, within three days.

    The old password and every open session of theirs end now. The code is read out over the counter or the telephone
    and typed by hand, so it is made as a receipt's secret is. It is not stored: it proves the state that the account is
    in and the hour, and is void as soon as the account changes.
    """
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    had_one = staff.has_usable_password()
    staff.set_unusable_password()
    staff.save(update_fields=["password"])
    kind = OrgAct.SIGN_IN_RENEWED if had_one else OrgAct.SIGN_IN_MADE
    record(kind, home, by=by, now=now, body={"staff": staff.pk}, why=why)
    return _code_of(staff, _hour(now))


def _hour(at: datetime) -> int:
    return int(at.timestamp() // _HOUR_S)


def _code_of(staff: Staff, hour: int) -> str:
    state = f"{staff.pk}:{staff.password}:{staff.last_login}:{hour}"
    return codes.secret_of(salted_hmac("answerable.one_time_code", state, algorithm="sha256").digest())


def _is_code_of(staff: Staff, typed: str, now: datetime) -> bool:
    """Whether it was given within the last three days (and, as hours go, up to one more); as much work for a wrong code
    as for a right one."""
    code, hour = codes.normalise(typed), _hour(now)
    ages = range(1 + int(CODE_GOOD_FOR.total_seconds()) // _HOUR_S)
    return sum(constant_time_compare(code, _code_of(staff, hour - age)) for age in ages) > 0


@transaction.atomic(durable=True)
def set_first_password(*, username: str, code: str, password: str, now: datetime) -> Staff:
    """Redeem a one-time code. Raises CannotSignIn (wrong_code) alike for a wrong name and a wrong or old code;
    ValidationError for a password that is too weak (the code stays good)."""
    staff = Staff.objects.select_for_update().filter(username=username, is_active=True).first()
    if staff is None or staff.has_usable_password() or not _is_code_of(staff, code, now):
        raise CannotSignIn("wrong_code")
    validate_password(password, staff)
    staff.set_password(password)
    staff.save(update_fields=["password"])
    record_own(OrgAct.PASSWORD_SET, staff, now=now)
    return staff


def record_own(kind: OrgAct, staff: Staff, *, now: datetime, **facts: str) -> None:
    """An act of somebody upon their own sign-in, with the body that they work for; in the caller's transaction."""
    home = (
        Authority.objects.filter(units__posts__appointments__staff=staff, is_outside=False)
        .order_by("pk")
        .first()
        or Authority.objects.filter(is_outside=False).order_by("pk").first()
    )
    if home is not None:
        by = Actor(ActorKind.STAFF, staff_id=staff.pk)
        record(kind, home, by=by, now=now, body={"staff": staff.pk, **facts})


@transaction.atomic(durable=True)
def open_or_close_sign_in(
    *, staff_id: int, is_open: bool, home: Authority, by: Actor, now: datetime, why: str
) -> None:
    """Closed: no sign-in, no open session, and no post is held by it any more. Raises CannotSignIn (yourself)."""
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    if staff.pk == by.staff_id:
        raise CannotSignIn("yourself")
    staff.is_active = is_open
    staff.save(update_fields=["is_active"])
    kind = OrgAct.SIGN_IN_OPENED if is_open else OrgAct.SIGN_IN_CLOSED
    record(kind, home, by=by, now=now, body={"staff": staff.pk}, why=why)


@transaction.atomic(durable=True)
def reset_second_factor(*, staff_id: int, home: Authority, by: Actor, now: datetime, why: str) -> int:
    """Take away every second factor; at the next sign-in the desk wants a new one. Returns how many there were.

    `why` says how the administrator made sure who asked. Raises CannotSignIn (yourself): another one does it.
    """
    if staff_id == by.staff_id:
        raise CannotSignIn("yourself")
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    count, _ = Authenticator.objects.filter(user=staff).delete()
    record(
        OrgAct.SECOND_FACTOR_RESET, home, by=by, now=now, body={"staff": staff.pk, "factors": count}, why=why
    )
    return count
