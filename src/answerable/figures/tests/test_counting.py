"""Counting: one counter at a time, a case that cannot be counted holds up no other, the command that counts anew."""

from __future__ import annotations

import argparse
import logging
from threading import Thread

import pytest
from django.db import connection, transaction

from answerable.figures import counting, formulas
from answerable.figures.models import Due, Fact, Tally
from answerable.figures.tests.scenes import count
from answerable.ops.commands import figures as command
from answerable.record import reactions
from tests.cast import MONDAY, registered


def elsewhere(work):
    """Do something on a connection of its own."""
    found = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_while_one_counts_another_takes_nothing(cast):
    registered(cast)
    while reactions.dispatch(MONDAY):
        pass
    with transaction.atomic():
        assert counting.count_due() > 0
        assert elsewhere(counting.count_due) == 0
    assert Fact.objects.count() == 1
    assert sum(Tally.objects.filter(measure="received", cut="p").values_list("n", flat=True)) == 1


@pytest.mark.django_db
def test_one_case_that_cannot_be_counted_holds_up_no_other(cast, monkeypatch, caplog):
    broken, whole = registered(cast).case, registered(cast).case
    turns_of = formulas.turns_of

    def fails(history):
        if history.case == broken.pk:
            raise ValueError("a history that no service makes")
        return turns_of(history)

    monkeypatch.setattr(formulas, "turns_of", fails)
    while reactions.dispatch(MONDAY):
        pass
    with caplog.at_level(logging.CRITICAL):
        while counting.count_due():
            pass
    assert not Due.objects.exists()
    assert [fact.case_id for fact in Fact.objects.all()] == [whole.pk]


@pytest.mark.django_db
def test_the_command_names_what_differs_and_mends_it(cast, capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    case = registered(cast).case
    count()
    assert command.run(argparse.Namespace(mend=False)) == 0
    assert "agrees" in capsys.readouterr().out
    Fact.objects.update(raised=3)
    Tally.objects.filter(measure="open").delete()
    assert command.run(argparse.Namespace(mend=False)) == 1
    assert str(case.pk) in capsys.readouterr().err
    assert command.run(argparse.Namespace(mend=True)) == 0
    assert command.run(argparse.Namespace(mend=False)) == 0
