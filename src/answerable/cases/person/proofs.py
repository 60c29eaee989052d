"""The proof of one step of one's own case: the promise at once, the receipt once it is published, the opening apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answerable.cases.person import wording
from answerable.cases.person.casepage import PersonPage
from answerable.record import promises, receipts
from answerable.record.models import Act
from answerable.record.places import Place
from answerable.record.queries import ActShown

RECEIPT, PROMISE, OPENING = "tlog-proof", "promise", "opening"


@dataclass(frozen=True)
class StepProof:
    """What can be had of one step. `place` is None, and `receipt` too, until the log has published it."""

    act: ActShown
    what: str
    place: Place | None
    receipt: bytes | None
    promise: bytes | None
    opening: bytes | None
    promised_by: datetime
    is_broken: bool  # the promised time is over, and the log shows nothing
    is_unread: bool

    @property
    def number(self) -> int | None:
        """The entry, counted from 1 as people do and as `answerable verify` says it."""
        return self.place.index + 1 if self.place else None

    def file(self, kind: str) -> bytes | None:
        return {RECEIPT: self.receipt, PROMISE: self.promise, OPENING: self.opening}.get(kind)


def name_of(seq: int, kind: str) -> str:
    """The same name with another ending, so that `answerable verify` finds the opening beside its receipt."""
    return f"act-{seq}.{kind}"


def proof_of(page: PersonPage, seq: int) -> StepProof | None:
    """The proof of a step; None for what the case does not have or what stays with the office.

    Nobody waits for the log: what it has not published yet is promised under another key.
    """
    act = next((act for act in page.acts if act.seq == seq), None)
    what = wording.act_words(act, page.case, page.names) if act else ""
    if act is None or not what:
        return None
    receipt = receipts.receipt_of(act.id)
    return StepProof(
        act=act,
        what=what,
        place=page.places.get(seq) if receipt else None,
        receipt=receipt,
        promise=None if receipt else promises.promise_of(Act.objects.get(pk=act.id)),
        opening=receipts.opening_of(act.id) if page.may_open(act) else None,
        promised_by=act.at + promises.WITHIN,
        is_broken=receipt is None and page.now > act.at + promises.WITHIN,
        is_unread=seq in page.unread_seqs,
    )
