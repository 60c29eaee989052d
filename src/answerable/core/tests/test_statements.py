"""Prepared statements: parsed once a connection, the same rows as the ORM's, and a connection that hung up is noticed."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from answerable.cases.models import Case, CaseText, Deadline, Message
from answerable.core.statements import create, fetch, prepared, update, written_out
from tests.cast import registered

pytestmark = pytest.mark.django_db


def _prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def test_a_statement_is_prepared_once_and_values_stay_outside_of_it():
    with prepared() as cursor:
        for number in (70_001, 70_002, 70_003):
            cursor.execute("SELECT %s::bigint + 1 AS a_number_of_this_test", [number])
            assert cursor.fetchone()[0] == number + 1
    ours = [said for said in _prepared() if "a_number_of_this_test" in said]
    assert ours == ["SELECT $1::bigint + 1 AS a_number_of_this_test"]


def test_other_statements_are_not_prepared():
    for _time in range(10):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s AS never_kept", [1])
    assert not [said for said in _prepared() if "never_kept" in said]


def test_fetched_rows_are_the_orms(cast):
    case = registered(cast, is_danger=True).case
    for model in (Case, Deadline, Message, CaseText):
        key = "id" if model is Case else "case_id"
        fields = [f.attname for f in model._meta.concrete_fields if not f.generated]
        ours = [
            [getattr(row, f) for f in fields] for row in fetch(model, f"{key} = %s ORDER BY 1", [case.pk])
        ]
        theirs = model.objects.filter(**{key: case.pk}).order_by("pk").values_list(*fields)
        assert ours == [list(row) for row in theirs]
    assert fetch(Case, "id = %s", [case.pk])[0] == case


def test_what_is_left_out_is_read_when_it_is_asked_for(cast, django_assert_num_queries):
    case = registered(cast).case
    with django_assert_num_queries(1):
        text = fetch(CaseText, "case_id = %s", [case.pk], without=("claim",))[0]
        assert text.wants is not None
    with django_assert_num_queries(1):
        assert text.claim


def test_a_row_is_made_and_changed(cast):
    case = registered(cast).case
    message = Message(
        case=case,
        act_seq=1,
        kind="notice",
        from_person=False,
        body="",
        facts={"a": ["一"]},
        at=timezone.now(),
    )
    create(message)
    assert Message.objects.get(pk=message.pk).facts == {"a": ["一"]}
    message.facts, message.body = {"b": None}, "not written"
    update(message, "facts")
    again = Message.objects.get(pk=message.pk)
    assert (again.facts, again.body) == ({"b": None}, "")
    Message.objects.filter(pk=message.pk).delete()
    with pytest.raises(DatabaseError):
        update(message, "facts")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_hung_up_is_replaced_before_it_is_used():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        mine = cursor.fetchone()[0]
    assert connection.is_usable()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    other.close()
    assert not connection.is_usable()
    connection.close_if_unusable_or_obsolete()
    with prepared() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != mine


def test_news_on_the_socket_is_read_and_the_connection_stays():
    with connection.cursor() as cursor:
        cursor.execute("LISTEN something; NOTIFY something")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.is_usable()


def test_short_lists_of_ids_are_written_out_and_long_ones_are_not():
    sql, params = written_out("SELECT %s = ANY(%s), %s, %s = ANY(%s)", [1, [2, 3], "%s", 4, []])
    assert sql == "SELECT %s = ANY(ARRAY[%s, %s]::bigint[]), %s, %s = ANY(%s)"
    assert params == [1, 2, 3, "%s", 4, []]
    assert written_out("SELECT ANY(%s)", [list(range(9))]) == ("SELECT ANY(%s)", [list(range(9))])
    assert written_out("SELECT ANY(%s)", [["a"]]) == ("SELECT ANY(%s)", [["a"]])
    with prepared() as cursor:
        cursor.execute(*written_out("SELECT 2 = ANY(%s), 2 = ANY(%s)", [[1, 2], []]))
        assert cursor.fetchone() == (True, False)
