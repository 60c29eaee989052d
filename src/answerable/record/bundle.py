"""All that proves a matter's acts, as files to take along: `answerable verify --policy policy *.tlog-proof` reads them."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from answerable.record import anchoring, files, keys, promises, receipts
from answerable.record.models import Act
from answerable.record.openings import SUFFIX
from answerable.record.verify.page import verify_page


def proofs_of(matter: UUID, may_open: Callable[[int], bool]) -> dict[str, bytes]:
    """Each act's receipt, or its promise while it has none; the opening of those that `may_open` (by number) names.

    A receipt and its opening differ in their ending only, so that a verifier finds the one beside the other. So do
    a receipt under a head on which an authority outside put a time, where there is one, and that time-stamp.
    """
    found: dict[str, bytes] = {}
    for act in Act.objects.filter(matter_id=matter).order_by("seq"):
        receipt = receipts.receipt_of(act.pk)
        promise = None if receipt else promises.promise_of(act)
        opening = receipts.opening_of(act.pk) if may_open(act.seq) else None
        for ending, content in ((".tlog-proof", receipt), (".promise", promise), (SUFFIX, opening)):
            if content is not None:
                found[f"act-{act.seq}{ending}"] = content
        if stamped := anchoring.of_act(act.pk):
            found[f"act-{act.seq}-stamped.tlog-proof"] = stamped[0]
            found[f"act-{act.seq}-stamped.tsr"] = stamped[1].token
    return found


def verifier() -> dict[str, bytes]:
    """What whoever checks them needs: whom the office itself would have believed, and the page that checks."""
    policy = whole_policy()
    return {"verify.html": verify_page()} | ({"policy": policy} if policy else {})


def whole_policy() -> bytes | None:
    """The policy of the log in use, with the keys of earlier epochs (an old act may lie in an old log) and of promises."""
    current = files.read(files.POLICY)
    if current is None:
        return None
    older = [one for one in files.epochs() if not one.is_current]
    lines = [
        f"log {key} {files.address_of(one)}\n"
        for one in older
        for key in keys.verifier_keys(one.number, one.origin)
    ]
    promising = files.read(files.PROMISE_VKEY)
    if promising is not None:
        lines.append(f"log {promising.content.decode()}")
    return "".join(lines).encode() + current.content
