"""A monitor follows the log that Answerable itself keeps: as it grows, changes its key and begins anew."""

from __future__ import annotations

import pytest
from django.test import Client

from answerable.record import epochs, exporting, keys, notes, policy, publishing, sequencer, storage
from answerable.record.tests.servers import files_of, serving
from answerable.record.tests.test_sequencer import acts
from answerable.record.watch import looking
from answerable.record.watch.asking import Line

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_from_the_first_entry_through_a_changed_key_to_a_new_epoch(own_log, tmp_path):
    folder = tmp_path / "mirror"

    def said(**more: bool) -> list[str]:
        publishing.publish_due()
        exporting.export(folder)
        with serving(files_of(folder)) as url:
            report = looking.look(Line(url), tmp_path / "seen", believed, now=1, **more)
        return [notice.code for notice in report.notices]

    acts(300)
    publishing.publish_due()
    believed = policy.of_key(keys.verifier_keys(1, "testserver/record")[0])
    assert said() == ["first"]
    acts(5)
    assert said(is_whole=True) == ["whole", "grown"]
    epochs.rotate_key()
    acts(700)
    assert said() == ["key_changed", "grown"]
    acts(4)
    sequencer.sequence()
    epochs.new_epoch("a test")
    assert said() == ["epoch"]
    acts(4)
    assert said() == ["grown"]


def test_what_both_keys_have_signed_is_served(own_log):
    acts(3)
    publishing.publish_due()
    epochs.rotate_key()
    acts(3)
    publishing.publish_due()
    (place,) = storage.key_changes(1)
    served = Client().get(f"/record/key-change/{place}")
    assert "immutable" in served["Cache-Control"]
    signed = notes.parse(served.content)
    both = keys.verifier_keys(1, "testserver/record")
    assert len(both) == 2
    assert set(signed.verify(both)) == set(both)
    assert Client().get(f"/record/key-change/{place + 1}").status_code == 404
