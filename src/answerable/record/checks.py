"""What `answerable check` asks of the public log."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from answerable.core.checks import Fault
from answerable.core.sentences import sentence
from answerable.record import anchoring, cosigning, keyfile, keys, storage, witnesses
from answerable.record.policy import NONE
from answerable.record.stopped import LogStopped

#: Cadences without a publication after which somebody should look.
PATIENCE = 5


def check_log() -> Iterator[Fault]:
    """It goes on, or the sentence that says why it stands still. Intake does not depend on it."""
    log = storage.head()
    if log is None:
        return
    if log.fault is not None:
        facts = {name: value for name, value in log.fault.items() if name != "code"}
        yield Fault(
            "log_stopped",
            sentence(LogStopped(log.fault["code"], **facts)),
            _(
                "The public log stands still until then. Matters are taken in as before; their receipts follow."
            ),
        )
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(made_at) < clock_timestamp() - greatest(%s, 60) * interval '1 second'"
            " FROM record_checkpoint WHERE epoch = %s",
            [PATIENCE * settings.ANSWERABLE_RECORD_CADENCE, log.epoch],
        )
        (is_late,) = cursor.fetchone()
    if is_late:
        yield Fault(
            "log_late",
            _("No checkpoint of the public log has been published for some minutes."),
            _("See that a worker is at work: answerable worker"),
        )


def check_lost_acts() -> Iterator[Fault]:
    """Every act is in the log or waits for it: what was promised for it can be kept."""
    if storage.head() is not None and (lost := storage.lost()):
        yield Fault(
            "acts_lost",
            _(
                "Acts that are neither in the public log nor waiting for it: %(count)s (the first one has the number "
                "%(act)s). Somebody took them out of the database's queue."
            )
            % {"count": len(lost), "act": lost[0]},
            _("Let them wait again: answerable record repair"),
        )


def check_witnesses() -> Iterator[Fault]:
    """Each witness of the office's file cosigns, or the sentence that says why not; and a quorum that is asked for is met."""
    log = storage.head()
    if log is None:
        return
    try:
        known = witnesses.configured()
    except LogStopped as stopped:
        yield Fault("witnesses_file", sentence(stopped), _("The public log stands still until then."))
        return
    standings = witnesses.standings(log.epoch)
    for name, witness in known.witnesses.items():
        found = standings.get(str(witness.key))
        if found is not None and found.fault is not None:
            yield Fault(
                str(found.fault["code"]),
                sentence(cosigning.said(name, found.fault)),
                _("Call whoever runs the witness. Matters are taken in as before."),
            )
    newest = storage.newest(log.epoch)
    if newest is None or newest.published_at is not None or log.fault is not None:
        return
    if known.quorum != NONE and not known.is_met(witnesses.cosigned(log.epoch, newest.size, known)):
        yield Fault(
            "quorum_not_met",
            _(
                "The newest checkpoint waits: too few of the witnesses that your quorum asks for have cosigned it."
            ),
            _(
                "Receipts are proved as soon as they do. Without them: change the quorum line in the file of witnesses."
            ),
        )


def check_anchors() -> Iterator[Fault]:
    """Where a time-stamping authority is set, it has stamped the log within the last three days."""
    if bool(settings.ANSWERABLE_RECORD_TSA_URL) != bool(settings.ANSWERABLE_RECORD_TSA_CERTIFICATE):
        yield Fault(
            "tsa_unset",
            sentence(anchoring.NotAnchored("tsa_unset")),
            _("One without the other is of no use."),
        )
    elif anchoring.is_late():
        yield Fault(
            "anchor_late",
            _("The public log has not been time-stamped for more than three days."),
            _("See what is in the way: answerable record anchor"),
        )


def check_promise_key() -> Iterator[Fault]:
    """Receipts are promised at once under a key of their own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public FROM record_log_key WHERE is_for_promises")
        known = [bytes(public) for (public,) in cursor.fetchall()]
    if not known:
        return
    try:
        seed = keyfile.load(keys.promise_path(), keyfile.PROMISES)[-1]
        if keys.public_of(seed) not in known:
            raise LogStopped("key_another", path=str(keys.promise_path()), expected=known[-1][:4].hex())
    except LogStopped as stopped:
        yield Fault(
            "promise_key",
            sentence(stopped),
            _("Receipts are given without a signed promise until then; their proofs follow as before."),
        )
