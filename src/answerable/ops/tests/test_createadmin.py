"""From an empty database to somebody who may sign in."""

from __future__ import annotations

import argparse
import io

import pytest

from answerable.ops.commands import createadmin
from answerable.ops.environment import CannotStart
from answerable.orgs.models import Appointment, Authority, Role, Staff
from answerable.record.models import Act

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def create(monkeypatch: pytest.MonkeyPatch, *arguments: str, password: str = "a long enough phrase") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    parser = argparse.ArgumentParser()
    createadmin.register(parser.add_subparsers())
    args = parser.parse_args(["createadmin", "--password-stdin", *arguments])
    return int(args.run(args))


def test_first_administrator_makes_the_office(monkeypatch: pytest.MonkeyPatch) -> None:
    assert create(monkeypatch, "wang", "--name", "王芳", "--office", "河渡镇") == 0
    appointment = Appointment.objects.get()
    assert appointment.staff.check_password("a long enough phrase")
    assert appointment.post.role == Role.ADMINISTRATOR
    assert appointment.post.unit.path == [appointment.post.unit_id]
    assert appointment.post.unit.authority.name_zh == "河渡镇"

    # each of it is in the record: office, unit and post made, sign-in made, appointed
    kinds = list(Act.objects.order_by("seq").values_list("kind", "actor_kind"))
    assert kinds == [
        ("organisation.created", "system"),
        ("organisation.sign_in_made", "system"),
        ("organisation.created", "system"),
        ("organisation.created", "system"),
        ("organisation.appointed", "system"),
    ]

    # a second one gets a post of their own
    assert create(monkeypatch, "li") == 0
    assert Authority.objects.count() == 1
    assert set(Appointment.objects.values_list("post__code", flat=True)) == {
        "administrator-1",
        "administrator-2",
    }


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (["wang"], "a long enough phrase", "There is no office yet"),
        (["wang", "--office", "X"], "short", "too short"),
        (["wang", "--office", "X"], "", "too short"),
        (["wang", "--office", "X", "--pack", "none"], "a long enough phrase", "none"),
        (["w" * 65, "--office", "X"], "a long enough phrase", "at most 64"),
    ],
)
def test_refused_with_a_sentence_and_nothing_made(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], password: str, sentence: str
) -> None:
    with pytest.raises(CannotStart, match=sentence):
        create(monkeypatch, *arguments, password=password)
    assert not Staff.objects.exists()
    assert not Authority.objects.exists()


def test_a_taken_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    create(monkeypatch, "wang", "--office", "X")
    for name in ("wang", "Wang"):  # whatever the capitals: allauth would let neither in
        with pytest.raises(CannotStart, match="already"):
            create(monkeypatch, name)
