"""Sign-ins of staff: made, renewed, closed; a lost second factor. Nobody but the person ever knows the password."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction

from answerable.core.refusals import Refusal
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Authority, Staff
from answerable.orgs.steps import record
from answerable.record.actors import Actor, ActorKind


class CannotSignIn(Refusal):
    """Codes: `yourself`, `wrong_code`."""


@transaction.atomic(durable=True)
def give_one_time_code(*, staff_id: int, home: Authority, by: Actor, now: datetime, why: str) -> str:
    """A code with which the person sets a password themselves, once, within PASSWORD_RESET_TIMEOUT (3 days).

    The old password and every open session of theirs end now. The code is not stored: it proves the state that
    the account is in, and is void as soon as that changes.
    """
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    had_one = staff.has_usable_password()
    staff.set_unusable_password()
    staff.save(update_fields=["password"])
    kind = OrgAct.SIGN_IN_RENEWED if had_one else OrgAct.SIGN_IN_MADE
    record(kind, home, by=by, now=now, body={"staff": staff.pk}, why=why)
    return default_token_generator.make_token(staff)


@transaction.atomic(durable=True)
def set_first_password(*, username: str, code: str, password: str, now: datetime) -> Staff:
    """Redeem a one-time code. Raises CannotSignIn (wrong_code) alike for a wrong name and a wrong or old code;
    ValidationError for a password that is too weak (the code stays good)."""
    staff = Staff.objects.select_for_update().filter(username=username, is_active=True).first()
    if staff is None or staff.has_usable_password() or not default_token_generator.check_token(staff, code):
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
