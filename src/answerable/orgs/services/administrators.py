"""The first person who may set an office up, and the office where there is none yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from answerable.core.refusals import Refusal
from answerable.orgs.act_kinds import OrgAct
from answerable.orgs.models import Appointment, Authority, Post, Role, Staff, Unit
from answerable.orgs.queries import root_unit
from answerable.orgs.steps import record
from answerable.record.actors import Actor


class CannotBegin(Refusal):
    """Codes: `taken` (the user name), `no_office`."""


@dataclass(frozen=True)
class NewAdministrator:
    """Who it is; `office` and `pack` count only where no office is there yet."""

    username: str
    name: str
    password: str
    office: str = ""
    pack: str = "generic"


@transaction.atomic(durable=True)
def make_administrator(new: NewAdministrator, *, by: Actor, now: datetime) -> Authority:
    """Make the sign-in and appoint it to an administrator's post, made with its office where there is none.

    Raises CannotBegin, and ValidationError for a name or password that cannot be; then nothing was made.
    """
    authority = Authority.objects.filter(is_outside=False).order_by("pk").first()
    if Staff.objects.filter(username__iexact=new.username).exists():
        raise CannotBegin("taken")
    if authority is None and not new.office:
        raise CannotBegin("no_office")
    staff = Staff(username=new.username, name_zh=new.name, name_en=new.name)
    staff.full_clean(exclude=["password"])
    validate_password(new.password, staff)
    staff.set_password(new.password)
    staff.save()
    if authority is None:
        authority = Authority.objects.create(
            code="office", name_zh=new.office, name_en=new.office, pack=new.pack
        )
        _created(authority, "authorities", authority.code, by, now)
    record(OrgAct.SIGN_IN_MADE, authority, by=by, now=now, body={"staff": staff.pk})
    post = _vacant_post(authority, by, now)
    made = Appointment.objects.create(post=post, staff=staff, from_at=now)
    record(
        OrgAct.APPOINTED,
        authority,
        by=by,
        now=now,
        body={"post": post.pk, "staff": staff.pk, "hold": str(made.hold), "from": now.isoformat()},
    )
    return authority


def _created(authority: Authority, table: str, key: str, by: Actor, now: datetime) -> None:
    record(OrgAct.CREATED, authority, by=by, now=now, body={"table": table, "key": [key]})


def _vacant_post(authority: Authority, by: Actor, now: datetime) -> Post:
    """An administrator's post that nobody holds; a new one, in the office's first unit, where every one is held."""
    posts = Post.objects.filter(unit__authority=authority, role=Role.ADMINISTRATOR, closed_on=None)
    vacant = posts.filter(appointments=None).order_by("pk").first()
    if vacant is not None:
        return vacant
    unit = root_unit(authority)
    if unit is None:
        unit = Unit.objects.create(
            authority=authority, code="office", name_zh=authority.name_zh, name_en=authority.name_en
        )
        unit.path = [unit.pk]
        unit.save(update_fields=["path"])
        _created(authority, "units", unit.code, by, now)
    number = Post.objects.filter(unit=unit, role=Role.ADMINISTRATOR).count() + 1
    post = Post.objects.create(
        unit=unit,
        code=f"administrator-{number}",
        role=Role.ADMINISTRATOR,
        name_zh="系统管理员",
        name_en="Administrator",
    )
    _created(authority, "posts", post.code, by, now)
    return post
