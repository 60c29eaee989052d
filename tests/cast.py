"""A fixed cast: a town with two offices and a county above, a clerk, handlers, leaders, an auditor, an outsider."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import connection
from django.db.models import Model

from answerable.cases.models import Case
from answerable.cases.services.intake import Registered, Told, register_case
from answerable.orgs.models import (
    Appointment,
    Authority,
    Place,
    Post,
    Responsibility,
    Role,
    Staff,
    Subject,
    Unit,
)
from answerable.record.actors import Actor, ActorKind
from tests.triggers import resting

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
#: Monday 2 March 2026, 10:00 in Shanghai.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    county: Authority
    town: Authority
    outside: Authority
    county_root: Unit
    town_root: Unit
    roads: Unit
    water: Unit
    discipline: Unit
    outside_unit: Unit
    clerk: Staff
    handler: Staff
    leader: Staff
    mayor: Staff
    water_leader: Staff
    county_leader: Staff
    county_reviewer: Staff
    discipline_head: Staff
    auditor: Staff
    administrator: Staff
    lamps: Subject
    pipes: Subject
    village: Place

    def actor(self, staff: Staff) -> Actor:
        """The member of staff under their first post."""
        post = self.post(staff)
        return Actor(ActorKind.STAFF, staff_id=staff.pk, post_id=post.pk, unit_id=post.unit_id)

    def post(self, staff: Staff) -> Post:
        return Post.objects.filter(appointments__staff=staff).order_by("pk")[0]


def unit(
    authority: Authority, code: str, zh: str, en: str, parent: Unit | None = None, **more: object
) -> Unit:
    row = Unit.objects.create(authority=authority, code=code, name_zh=zh, name_en=en, parent=parent, **more)
    row.path = [*(parent.path if parent else []), row.pk]
    row.save(update_fields=["path"])
    return row


def staffed(unit: Unit, code: str, role: str, zh: str, en: str, *, head: bool = False) -> Staff:
    """A post in the unit with a member of staff who has held it since long ago."""
    post = Post.objects.create(unit=unit, code=code, role=role, name_zh=zh, name_en=en, is_head=head)
    staff = Staff.objects.create(username=f"{unit.code}-{code}", name_zh=zh + "员", name_en=en + " person")
    Appointment.objects.create(post=post, staff=staff, from_at=LONG_AGO)
    return staff


@dataclass(frozen=True)
class _Kept:
    """A cast as it was made, and the statements that put its rows there again."""

    cast: Cast
    script: str


_kept: dict[tuple[object, ...], _Kept] = {}
_TABLES = (Authority, Unit, Post, Staff, Appointment, Subject, Place, Responsibility)


def make_cast(pack: str = "generic") -> Cast:
    """The cast, under one pack. The rows are made once a database; later they come back with their ids, all at once:
    sequences never go back, so nobody else has these ids.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        place = (connection.settings_dict["HOST"], connection.settings_dict["PORT"], cursor.fetchone(), pack)
        kept = _kept.get(place)
        if kept is not None:
            cursor.execute(resting(kept.script))
    if kept is None:
        made = _make_cast(pack)
        _kept[place] = _Kept(copy.deepcopy(made), _script(made))
        return made
    return copy.deepcopy(kept.cast)


def _script(made: Cast) -> str:
    """Every row of the cast; and where nothing else of an organisation is there, the same token for the same rows, so
    that the process need not read them again (orgs/standing.py).
    """
    bodies = [made.county, made.town, made.outside]
    units = Unit.objects.filter(authority__in=bodies)
    posts = Post.objects.filter(unit__in=units)
    rows: dict[type[Model], list[Model]] = {
        Authority: list(Authority.objects.filter(pk__in=[body.pk for body in bodies])),
        Unit: list(units),
        Post: list(posts),
        Staff: list(Staff.objects.filter(appointments__post__in=posts)),
        Appointment: list(Appointment.objects.filter(post__in=posts)),
        Subject: list(Subject.objects.filter(authority__in=bodies)),
        Place: list(Place.objects.filter(authority__in=bodies)),
        Responsibility: list(Responsibility.objects.filter(authority__in=bodies)),
    }
    assert tuple(rows) == _TABLES
    statements = [_insert(model, found) for model, found in rows.items()]
    alone = " AND ".join(
        f"(SELECT count(*) FROM {model._meta.db_table}) = {len(rows[model])}" for model in (Authority, Staff)
    )
    statements.append(f"UPDATE orgs_state SET token = '{uuid4()}' WHERE {alone}")
    return ";\n".join(statements)


def _insert(model: type[Model], rows: list[Model]) -> str:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    one = f"({', '.join(['%s'] * len(fields))})"
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields
    ]
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {", ".join([one] * len(rows))}'
    return str(connection.ops.compose_sql(sql, values))


def _make_cast(pack: str) -> Cast:
    county = Authority.objects.create(code="county", name_zh="某县", name_en="County", pack=pack)
    outside = Authority.objects.create(
        code="commission", name_zh="县纪委", name_en="Commission", is_outside=True, pack=pack
    )
    town = Authority.objects.create(
        code="town", name_zh="某镇", name_en="Town", pack=pack, above=county, conduct_body=outside
    )
    county_root = unit(county, "county", "县政府", "County government")
    outside_unit = unit(outside, "commission", "县纪委", "Commission")
    Post.objects.create(
        unit=outside_unit, code="head", role=Role.LEADER, is_head=True, name_zh="负责人", name_en="Head"
    )
    town_root = unit(town, "town", "镇政府", "Town government")
    roads = unit(town, "roads", "规划建设办", "Roads office", town_root)
    water = unit(town, "water", "水利站", "Water office", town_root)
    discipline = unit(town, "discipline", "镇纪检组", "Discipline office", town_root, takes_conduct=True)
    leader = staffed(roads, "head", Role.LEADER, "主任", "Head of roads", head=True)
    water_leader = staffed(water, "head", Role.LEADER, "站长", "Head of water", head=True)
    lamps = Subject.objects.create(authority=town, code="lamps", name_zh="路灯", name_en="Street lamps")
    pipes = Subject.objects.create(authority=town, code="pipes", name_zh="供水", name_en="Water supply")
    for subject in (lamps, pipes):
        subject.path = [subject.pk]
        subject.save(update_fields=["path"])
    village = Place.objects.create(authority=town, code="village", name_zh="东村", name_en="East village")
    village.path = [village.pk]
    village.save(update_fields=["path"])
    roads_post = Post.objects.get(unit=roads, code="head")
    water_post = Post.objects.get(unit=water, code="head")
    Responsibility.objects.create(authority=town, unit=roads, leader_post=roads_post)
    Responsibility.objects.create(authority=town, subject=pipes, unit=water, leader_post=water_post)
    return Cast(
        county=county,
        town=town,
        outside=outside,
        county_root=county_root,
        town_root=town_root,
        roads=roads,
        water=water,
        discipline=discipline,
        outside_unit=outside_unit,
        clerk=staffed(roads, "clerk", Role.CLERK, "窗口", "Clerk"),
        handler=staffed(roads, "handler", Role.HANDLER, "经办", "Handler"),
        leader=leader,
        mayor=staffed(town_root, "mayor", Role.LEADER, "镇长", "Mayor", head=True),
        water_leader=water_leader,
        county_leader=staffed(county_root, "head", Role.LEADER, "县长", "County head", head=True),
        county_reviewer=staffed(county_root, "reviewer", Role.REVIEWER, "复查", "Reviewer"),
        discipline_head=staffed(discipline, "head", Role.LEADER, "组长", "Discipline head", head=True),
        auditor=staffed(town_root, "auditor", Role.AUDITOR, "审计", "Auditor"),
        administrator=staffed(town_root, "admin", Role.ADMINISTRATOR, "管理", "Administrator"),
        lamps=lamps,
        pipes=pipes,
        village=village,
    )


def told(cast: Cast, **more: object) -> Told:
    """A street lamp out at East village, told in Chinese by someone who gives no name."""
    base: dict[str, object] = {
        "authority": cast.town,
        "subject": cast.lamps,
        "place": cast.village,
        "claim": "村口的路灯坏了两个月，晚上看不见路。",
        "kind": "complaint",
        "language": "zh-hans",
    }
    return Told(**(base | more))  # type: ignore[arg-type]


def registered(cast: Cast, now: datetime = MONDAY, **more: object) -> Registered:
    return register_case(told(cast, **more), by=Actor.person(), now=now)


def accepted(cast: Cast, now: datetime = MONDAY, **more: object) -> Case:
    """A case accepted an hour after it was registered."""
    from answerable.cases.services.handling import accept_case

    case = registered(cast, now, **more).case
    return accept_case(
        case_id=case.pk,
        by=cast.actor(cast.clerk),
        seen_version=case.version,
        now=now + timedelta(hours=1),
    )


#: The parts of a decision that every pack's rule is content with.
PARTS = {
    "claim": "修好村口路灯。",
    "facts": "经查，线路老化，两盏路灯不亮。",
    "opinion": "已安排更换，三日内修复。",
    "basis": "《城市照明管理规定》第二十条。",
}
