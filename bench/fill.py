"""Fill the town: rows as the services write them, copied from three real cases with their own words and dates.

Hashes, sealed identities and wrapped keys are those of the model cases: as many bytes, in as many rows. The share
of open, late, waiting and decided cases is the same at every size.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from bench import words
from bench.town import Town

DAY = timedelta(days=1)
TABLES = (
    *("record_matter", "record_act", "record_opening"),
    *("cases_case", "cases_text", "cases_deadline", "cases_involvement", "cases_message", "cases_decision"),
    *("parties_party", "parties_channel", "parties_data_key"),
)
# Of a hundred cases: what they are. Three quarters are over, which is little after a few years.
_KINDS = (
    *["ended"] * 75,
    *["given"] * 14,
    *["nobodys"] * 4,
    *["waiting"] * 2,
    *["ready"] * 1,
    *["late"] * 1,
    *["decided"] * 3,
)

_SEED = """CREATE UNLOGGED TABLE bench_seed (
    n int, id uuid, code text, kind text, unit bigint, leader bigint, handler bigint, subject bigint, place bigint,
    received timestamptz, due timestamptz, ended timestamptz, claim text, wants text)"""
_WHICH = "CASE WHEN s.kind IN ('ended', 'decided') THEN %(decided)s::uuid ELSE %(open)s::uuid END"
# When a case was decided: as it ended, or some days after it was received.
_DECIDED_AT = "coalesce(s.ended, least(now(), s.received + (s.n %% 20) * interval '1 day'))"


@dataclass(frozen=True)
class Model:
    """Two real cases, made through the services: one being handled, one decided."""

    open: UUID
    decided: UUID


def make_model(town: Town) -> Model:
    """Register, assign and decide two cases through the services."""
    from answerable.cases.packs import load_pack
    from answerable.cases.services.deciding import send_decision
    from answerable.cases.services.handling import assign_case
    from answerable.cases.services.intake import Told, register_case
    from answerable.core import clock
    from answerable.orgs.models import Authority, Place, Post, Staff, Subject
    from answerable.parties.steps import ChannelWish, Identity
    from answerable.record.actors import Actor, ActorKind

    authority = Authority.objects.get(code="town")
    pack, office = load_pack(authority.pack), town.offices[0]
    head = Post.objects.get(unit_id=office.unit, code="head")
    holder = Staff.objects.get(username="u0-head")
    by = Actor(ActorKind.STAFF, staff_id=holder.pk, post_id=head.pk, unit_id=office.unit)
    cases = []
    for number in range(2):
        told = Told(
            authority=authority,
            subject=Subject.objects.get(code=office.subject),
            place=Place.objects.order_by("pk")[0],
            claim=words.claim(random.Random(number)),
            kind=next(kind.code for kind in pack.kinds if not kind.about_conduct),
            language="zh-hans",
            privacy="confidential",
            identities=(Identity("张三", "东街一号"),),
            channel=ChannelWish("email", "person@example.org"),
            submission=f"bench model {number}".encode(),
        )
        case = register_case(told, by=Actor.person(), now=clock.now()).case
        case = assign_case(
            case_id=case.pk, to_post=office.handler_post, by=by, seen_version=None, now=clock.now()
        )
        cases.append(case)
    send_decision(
        case_id=cases[1].pk,
        outcome=pack.outcomes[0].code,
        parts={part.code: "请见下文。" * 12 for part in pack.decision_parts},
        by=by,
        seen_version=cases[1].version,
        now=clock.now(),
    )
    return Model(cases[0].pk, cases[1].pk)


class Filler:
    """Grows the town to a number of cases, in steps; `done` counts what it made."""

    def __init__(self, url: str, town: Town, model: Model) -> None:
        self.url, self.town, self.model, self.done = url, town, model, 0
        self.codes: set[str] = set()

    def grow(self, to: int) -> float:
        """Fill up to `to` cases; returns the seconds it took, VACUUM and ANALYZE included."""
        began = time.monotonic()
        if to <= self.done:
            return 0.0
        with psycopg.connect(self.url, autocommit=True) as db:
            db.execute("SET maintenance_work_mem = '512MB'")
            db.execute("DROP TABLE IF EXISTS bench_seed")
            db.execute(_SEED)
            offices = self._posts(db)
            # The cases that a measure has made since: by a million, one of their codes is drawn again.
            self.codes.update(code for (code,) in db.execute("SELECT code FROM cases_case"))
            with db.cursor().copy("COPY bench_seed FROM STDIN") as copy:
                for row in self._seed(offices, to):
                    copy.write_row(row)
            back = _take_off(db)
            for table, sql in self._statements(db):
                self._insert(db, table, sql)
            for sql in back:
                db.execute(sql)
            db.execute("DROP TABLE bench_seed")
            for table in TABLES:
                db.execute(f"VACUUM (ANALYZE) {table}")
            db.execute("CHECKPOINT") if _may_checkpoint(db) else None
        self.done = to
        return time.monotonic() - began

    def _posts(self, db: psycopg.Connection) -> list[tuple[Any, ...]]:
        rows = db.execute(
            """SELECT u.id, max(p.id) FILTER (WHERE p.code = 'head'), max(p.id) FILTER (WHERE p.code = 'handler'), s.id
            FROM orgs_unit u JOIN orgs_post p ON p.unit_id = u.id
            JOIN orgs_subject s ON 'u' || substr(s.code, 2) = u.code GROUP BY u.id, s.id ORDER BY u.id"""
        )
        return rows.fetchall()

    def _seed(self, offices: list[tuple[Any, ...]], to: int) -> Iterator[tuple[Any, ...]]:
        """One line a case. The newest cases come last; the dates follow the numbers at every size."""
        from answerable.core import clock, codes

        dice, now = random.Random(self.done + 1), clock.now()
        places = self._places()
        for n in range(self.done, to):
            unit, leader, handler, subject = dice.choice(offices)
            kind = dice.choice(_KINDS)
            received = now - dice.random() * 45 * DAY - DAY
            due, ended = now + (0.5 + dice.random() * 60) * DAY, None
            if kind == "ended":
                received, due = now - (60 + dice.random() * 1000) * DAY, None
                ended = received + dice.random() * 50 * DAY
            elif kind == "late":
                due = received + dice.random() * (now - received)
            elif kind == "nobodys":
                handler = None
            code = codes.new_code(dice)
            while code in self.codes:
                code = codes.new_code(dice)
            self.codes.add(code)
            yield (
                *(n, _id_at(received, dice), code, kind, unit, leader, handler, subject),
                *(dice.choice(places), received, due, ended, words.claim(dice), words.wants(dice)),
            )

    def _places(self) -> list[int]:
        from answerable.orgs.models import Place

        return list(Place.objects.values_list("pk", flat=True))

    def _insert(self, db: psycopg.Connection, table: str, sql: str) -> None:
        given = {"open": self.model.open, "decided": self.model.decided}
        if table != "cases_text":
            db.execute(sql, given)
            return
        # The words' index column costs most: cut by both processors.
        halves = [
            threading.Thread(target=_run, args=(self.url, f"{sql} AND s.n %% 2 = {half}", given))
            for half in (0, 1)
        ]
        for half in halves:
            half.start()
        for half in halves:
            half.join()

    def _statements(self, db: psycopg.Connection) -> Iterator[tuple[str, str]]:
        """One INSERT … SELECT a table: the model case's row under the new case's number, words and dates."""
        decided = "s.kind IN ('ended', 'decided')"
        own = {
            "record_matter": ({"id": "s.id"}, "m.id"),
            "cases_case": (
                {
                    **{"id": "s.id", "code": "s.code", "unit_id": "s.unit", "leader_post_id": "s.leader"},
                    **{"handler_post_id": "s.handler", "subject_id": "s.subject", "place_id": "s.place"},
                    **{"received_at": "s.received", "registered_at": "s.received", "ended_at": "s.ended"},
                    "due_at": f"CASE WHEN {decided} THEN NULL ELSE s.due END",
                    "state": "CASE s.kind WHEN 'ended' THEN 'closed' ELSE m.state END",
                    "is_waiting": "s.kind = 'waiting'",
                    "is_draft_ready": "s.kind = 'ready'",
                    "is_lifted": "s.kind = 'late'",
                    "is_shareable": "s.n %% 10 = 0",
                },
                "m.id",
            ),
            "cases_text": (
                {
                    **{"case_id": "s.id", "received_at": "s.received", "unit_token": "s.unit::text"},
                    **{"claim": "s.claim", "wants": "s.wants"},
                },
                "m.case_id",
            ),
            "cases_deadline": (
                {
                    **{
                        "case_id": "s.id",
                        "unit_id": "s.unit",
                        "post_id": "s.leader",
                        "started_at": "s.received",
                    },
                    "met_at": f"CASE WHEN m.met_at IS NOT NULL THEN {_DECIDED_AT} END",
                    "late_from": "coalesce(s.due, s.received + interval '60 days')",
                    "remind_at": "NULL",
                    "lifted_at": "CASE s.kind WHEN 'late' THEN s.due END",
                    "voided_seq": "CASE WHEN s.kind = 'ended' AND m.met_seq IS NULL THEN 3 ELSE m.voided_seq END",
                },
                "m.case_id",
            ),
            "cases_message": ({"case_id": "s.id", "at": "s.received"}, "m.case_id"),
            "cases_decision": ({"case_id": "s.id", "unit_id": "s.unit", "post_id": "s.leader"}, "m.case_id"),
            "parties_party": ({"id": "gen_random_uuid()", "case_id": "s.id"}, "m.case_id"),
            "parties_channel": ({"id": "gen_random_uuid()", "case_id": "s.id"}, "m.case_id"),
            "parties_data_key": ({"owner": "gen_random_uuid()", "case_id": "s.id"}, "m.case_id"),
            "record_act": (
                {
                    "matter_id": "s.id",
                    "recorded_at": f"CASE WHEN m.kind = 'case.decided' THEN {_DECIDED_AT} ELSE s.received END",
                },
                "m.matter_id",
            ),
        }
        for table, (columns, key) in own.items():
            yield table, _copy_of(db, table, columns) + f" WHERE {key} = {_WHICH}"
        yield (
            "record_opening",
            "INSERT INTO record_opening (act_id, salt, body) SELECT a.id, o.salt, o.body FROM record_act a "
            "JOIN bench_seed s ON s.id = a.matter_id JOIN (SELECT m.matter_id, m.seq, o.salt, o.body FROM record_act m "
            f"JOIN record_opening o ON o.act_id = m.id) o ON o.seq = a.seq AND o.matter_id = {_WHICH}",
        )
        yield (
            "cases_involvement",
            "INSERT INTO cases_involvement (case_id, unit_id, capacity, since) SELECT s.id, u.path[1], 'supervises', s.due "
            "FROM bench_seed s JOIN orgs_unit u ON u.id = s.unit WHERE s.kind = 'late'",
        )


def _copy_of(db: psycopg.Connection, table: str, own: dict[str, str]) -> str:
    """INSERT of a row a seed line, with the model's value in every column that is not named."""
    rows = db.execute(
        "SELECT column_name, is_identity FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'",
        [table],
    ).fetchall()
    names = [name for name, is_identity in rows if is_identity == "NO"]
    values = ", ".join(own.get(name, f"m.{name}") for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM bench_seed s, {table} m"


def _run(url: str, sql: str, given: dict[str, Any]) -> None:
    with psycopg.connect(url, autocommit=True) as db:
        db.execute(sql, given)


def _take_off(db: psycopg.Connection) -> list[str]:
    """Drop the foreign keys and the plain indexes of the tables to be filled; returns what puts them back."""
    back = []
    rows = db.execute(
        """SELECT r.relname, i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x
        JOIN pg_class r ON r.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        WHERE r.relname = ANY(%s) AND NOT x.indisunique""",
        [list(TABLES)],
    ).fetchall()
    for _table, name, definition in rows:
        db.execute(f'DROP INDEX "{name}"')
        back.append(definition)
    rows = db.execute(
        """SELECT r.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c
        JOIN pg_class r ON r.oid = c.conrelid WHERE r.relname = ANY(%s) AND c.contype = 'f'""",
        [list(TABLES)],
    ).fetchall()
    for table, name, definition in rows:
        db.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        back.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    return back


def _may_checkpoint(db: psycopg.Connection) -> bool:
    return bool(db.execute("SELECT pg_has_role(current_user, 'pg_checkpoint', 'member')").fetchone()[0])


def _id_at(at: datetime, dice: random.Random) -> UUID:
    """A UUID of version 7 for that instant, as `core.ids.uuid7` makes them."""
    millis = int(at.timestamp() * 1000)
    return UUID(
        int=(millis << 80) | (7 << 76) | (dice.getrandbits(12) << 64) | (2 << 62) | dice.getrandbits(62)
    )
