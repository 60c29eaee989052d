"""Work lists stay on their indexes among some thousand cases; figures of time are the benchmarks' business."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from answerable.cases import queries
from answerable.cases.access import reader_for
from answerable.cases.models import Case, CaseText
from answerable.cases.queries import FOUND_TO, Cursor, ListName, Wanted
from answerable.cases.services import supervision
from tests.cast import accepted

pytestmark = pytest.mark.django_db

MANY = 6000
#: Statements of a work list's page with the shell around it.
PAGE_STATEMENTS = 11
#: One after the other, 240 in each stretch of the index of words.
RECEIVED = "m.received_at - n * interval '1 hour'"


@pytest.fixture
def many(cast, now):
    """Some thousand copies of one case: a tenth of them open, a few of those nobody's, waiting or decided."""
    model = accepted(cast, now)
    own = {
        "id": "ids.id",
        "code": "'X' || n",
        "received_at": RECEIVED,
        "due_at": "m.due_at - n * interval '1 minute'",
        "state": "CASE WHEN n % 10 > 0 THEN 'closed' WHEN n % 200 = 0 THEN 'decided' ELSE m.state END",
        "ended_at": "CASE WHEN n % 10 > 0 THEN m.received_at END",
        "handler_post_id": "CASE WHEN n % 400 = 10 OR n % 7 = 0 AND n % 10 > 0 THEN NULL WHEN n % 30 = 0"
        " THEN m.leader_post_id ELSE (ARRAY(SELECT id FROM orgs_post))[1 + n * 31 % (SELECT count(*) FROM orgs_post)] END",
        "is_waiting": "n % 150 = 0",
        "is_draft_ready": "n % 300 = 0",
        "is_danger_told": "n % 300 = 0",
    }
    words = {
        "case_id": "ids.id",
        "received_at": RECEIVED,
        "claim": "m.claim || CASE WHEN n % 1000 = 0 THEN ' 渗坑' ELSE '' END",
    }
    with connection.cursor() as db:
        index = next(one for one in CaseText._meta.indexes if one.name == "case_text_stretches")
        with connection.schema_editor() as editor:
            editor.remove_index(CaseText, index)  # made at once it costs a fraction
        db.execute(
            "CREATE TEMP TABLE ids AS SELECT n, gen_random_uuid() AS id FROM generate_series(1, %s) n", [MANY]
        )
        for table, key, columns in (("cases_case", "id", own), ("cases_text", "case_id", words)):
            fields = [f for f in (Case if key == "id" else CaseText)._meta.concrete_fields if not f.generated]
            names = [field.column for field in fields]
            values = ", ".join(columns.get(name, f"m.{name}") for name in names)
            db.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values.replace('%', '%%')} FROM ids, {table} m WHERE m.{key} = %s",
                [model.pk],
            )
            # Written afresh: what earlier tests rolled back swells tables and indexes, and a plan weighs their size.
            db.execute("SET CONSTRAINTS ALL IMMEDIATE")
            db.execute(f"CLUSTER {table} USING {table}_pkey")
        with connection.schema_editor() as editor:
            editor.add_index(CaseText, index)
        for table in ("cases_case", "cases_text"):
            db.execute(f"ANALYZE {table}")
        db.execute("SET CONSTRAINTS ALL DEFERRED")
        db.execute("DROP TABLE ids")
    return model


def indexes_of(statement: str) -> set[str]:
    """The indexes that a statement's plan goes through, and the tables that it reads from end to end."""
    with connection.cursor() as db:
        # Tables as small as these, on pages that earlier tests left half empty, are a toss-up; a table is still
        # read from end to end where no index serves.
        db.execute("SET LOCAL enable_seqscan = off")
        db.execute("EXPLAIN (FORMAT JSON) " + statement)
        told = db.fetchone()[0]
    found: set[str] = set()

    def walk(node: dict) -> None:
        if "Index Name" in node:
            found.add(node["Index Name"])
        if node["Node Type"] == "Seq Scan":
            found.add("whole " + node["Relation Name"])
        for below in node.get("Plans", ()):
            walk(below)

    walk((told if isinstance(told, list) else json.loads(told))[0]["Plan"])
    return found


#: The index that each work list stands on.
LISTS = {
    "unit": "case_open_unit",
    "soon": "case_open_unit",
    "late": "case_open_unit",
    "unassigned": "case_open_nobodys",
    "waiting": "case_open_waiting",
    "sign": "case_open_ready",
    "decided": "case_open_decided",
    "mine": "case_open_handler",
    "ended": "case_unit_ended",
}


def test_each_list_reads_its_index_and_no_table_from_end_to_end(cast, now, many):
    reader = reader_for(cast.leader, now)
    read = {}
    for name in LISTS:
        with CaptureQueriesContext(connection) as seen:
            queries.listed(Wanted(name=ListName(name), soon_before=now), reader, now)
        page = next(query["sql"] for query in seen if "SELECT id, at FROM" in query["sql"])
        read[name] = indexes_of(page)
    assert {name: index for name, index in LISTS.items() if index not in read[name]} == {}, read
    assert not set().union(*read.values()) & {"whole cases_case", "whole cases_text"}, read


def test_the_strip_of_danger_reads_the_few_told_and_not_what_is_open(cast, now, many, at_desk):
    with CaptureQueriesContext(connection) as seen:
        page = at_desk(cast.leader).get("/desk/?list=late").content.decode()
    assert page.count("<li><a", page.index("danger-strip"), page.index("list-tabs")) > 1
    (strip,) = [query["sql"] for query in seen if 'AND "cases_case"."is_danger_told"' in query["sql"]]
    used = indexes_of(strip)
    assert "case_open_danger" in used, used
    assert "case_open_unit" not in used, used


def stretches_looked_into(cast, now, wanted: Wanted, after: Cursor | None = None) -> int:
    """How often a page of a search goes to the index of words: once for each stretch."""
    with CaptureQueriesContext(connection) as seen:
        page = queries.listed(wanted, reader_for(cast.clerk, now), now, after=after)
    assert page.rows
    walked = [query["sql"] for query in seen if "SELECT id, at FROM" in query["sql"]]
    assert not any("t.tsv @@" in sql for sql in walked), "no text was looked into by itself"
    looked = [query["sql"] for query in seen if "answerable_search_index" in query["sql"]]
    with connection.cursor() as db:
        loops = 0
        for statement in looked:
            assert "case_text_stretches" in indexes_of(statement)
            db.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + statement)
            told = db.fetchone()[0]
            plans = [(told if isinstance(told, list) else json.loads(told))[0]["Plan"]]
            for node in plans:
                plans += node.get("Plans", ())
                loops += node["Actual Loops"] * (node.get("Index Name") == "case_text_stretches")
    return loops


def test_a_search_looks_into_no_more_of_the_index_than_it_needs(cast, now, many):
    """Of twenty-five stretches, those that hold the newest thousand; further down, those from there on; for a rare word all."""
    there = 1 + MANY // 240
    assert stretches_looked_into(cast, now, Wanted(ListName.ALL, "渗坑")) in (there, there + 1)
    common = Wanted(ListName.ALL, "路灯")
    assert stretches_looked_into(cast, now, common) <= 1 + FOUND_TO // 240 + 1
    deep = Cursor(now - timedelta(hours=MANY // 2), UUID(int=0))
    assert stretches_looked_into(cast, now, common, deep) <= 2 * (1 + FOUND_TO // 240 + 1)


def test_the_sweep_reads_what_is_late_and_not_what_is_open(cast, now, many):
    with connection.cursor() as db:
        db.execute("SET LOCAL enable_seqscan = off")  # the table of clocks is small here
    with CaptureQueriesContext(connection) as seen:
        supervision.newly_late(now)
    used = [indexes_of(query["sql"]) for query in seen]
    assert used == [{"deadline_to_lift"}, {"deadline_paused"}]


@pytest.mark.parametrize("address", ["?list=unit", "?list=ended", "search?q=路灯"])
def test_a_page_asks_the_database_no_more_often_for_fifty_rows(cast, now, many, at_desk, address):
    browser = at_desk(cast.clerk)
    url = reverse("desk:worklist") + address
    browser.get(url)
    with CaptureQueriesContext(connection) as seen:
        answer = browser.get(url)
    assert answer.content.decode().count("data-row-link") == queries.PAGE
    asked = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= PAGE_STATEMENTS, "\n".join(asked)
    assert sum("orgs_state" in sql for sql in asked) == 1, "the organisation is asked for once a request"
    assert not any("orgs_appointment" in sql or "orgs_post" in sql for sql in asked), (
        "it is kept while it stands"
    )
    assert sum("clock_timestamp" in sql for sql in asked) == 1
