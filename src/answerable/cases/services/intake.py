"""A case comes in: always registered, never refused (rights, rule 3)."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from answerable.cases import files, routing, rules, steps
from answerable.cases.act_kinds import ActKind
from answerable.cases.digests import digest
from answerable.cases.models import (
    Accused,
    Case,
    CaseText,
    Deadline,
    Intake,
    Privacy,
    ReservedCode,
    Submission,
)
from answerable.cases.packs import load_pack
from answerable.cases.rules import CannotAct
from answerable.core import codes
from answerable.core.ids import uuid7
from answerable.core.inserting import insert
from answerable.orgs.models import Authority, Place, Subject
from answerable.orgs.queries import calendar_of
from answerable.orgs.standing import held
from answerable.parties import keys
from answerable.parties.steps import ChannelWish, Identity, sealed_parties
from answerable.record.actors import Actor
from answerable.record.append import append
from answerable.record.queries import acts_of

SECRET_PURPOSE = "receipt secrets"  # noqa: S105 - a purpose, not a secret
REPEAT_WINDOW = timedelta(minutes=30)
CODE_TRIES = 5


@dataclass(frozen=True)
class Told:
    """What a person told, cleaned by the form that took it.

    `received_at` is the instant of first receipt where it lies before `now` (a letter's day of arrival),
    claimed by the clerk, or by whoever `claimed_by` names. `is_nature_open` (with `is_conduct`): nobody was
    asked whether it accuses somebody. `is_danger`: the person said that life or health is in danger now. `submission` is
    any bytes that a resend repeats (form token, idempotency key).
    """

    authority: Authority
    subject: Subject
    claim: str
    kind: str
    language: str
    intake: str = Intake.PORTAL
    privacy: str = Privacy.ANONYMOUS
    place: Place | None = None
    place_text: str = ""
    wants: str = ""
    identities: tuple[Identity, ...] = ()
    channel: ChannelWish | None = None
    is_conduct: bool = False
    is_nature_open: bool = False
    is_danger: bool = False
    accused_text: str = ""
    accused_units: tuple[int, ...] = ()
    accused_staff: tuple[int, ...] = ()
    is_shareable: bool = False
    is_publishable: bool = False
    received_at: datetime | None = None
    claimed_by: str = ""
    submission: bytes = b""
    lead: Case | None = None
    reserved: ReservedCode | None = None
    files: tuple[files.Accepted, ...] = field(default=())


@dataclass(frozen=True)
class Registered:
    """The case and its receipt. `secret` is None when a resend found the case already registered."""

    case: Case
    code: str
    secret: str | None
    is_repeat: bool = False
    clocks: tuple[Deadline, ...] = ()


@held()
def register_case(told: Told, *, by: Actor, now: datetime) -> Registered:
    """Register a case, route it, open its clocks and give the receipt.

    A repeated `submission` returns the first one's case, and within half an hour its secret too. Raises
    CannotAct("submission_differs") where the words differ, and orgs.queries.Uncovered only in an authority
    without a head, which `answerable check` names.
    """
    for _try in range(CODE_TRIES):
        try:
            return _register(told, by=by, now=now)
        except IntegrityError as error:
            if _constraint(error) == "cases_submission_pkey":
                return _repeated(told, now)
            # Among a million cases one new code in seven thousand is taken already.
            if told.reserved is not None or _constraint(error) != "cases_case_code_key":
                raise
    raise RuntimeError("no free receipt code was found; the random numbers of this machine repeat")


def _constraint(error: IntegrityError) -> str:
    return str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""))


@transaction.atomic(durable=True)
def _register(told: Told, *, by: Actor, now: datetime) -> Registered:
    case_id = uuid7()
    if told.reserved is not None and not _is_unused(told.reserved):
        return _registered_before(told)
    code, secret = _receipt(told)
    route = _route(told, now)
    pack = load_pack(told.authority.pack)
    received = min(told.received_at or now, now)
    case = Case(
        id=case_id,
        code=code,
        secret_mac=told.reserved.secret_mac if told.reserved else _mac(code, secret),
        authority=told.authority,
        unit=route.unit,
        leader_post=route.leader_post,
        subject=told.subject,
        place=told.place,
        pack=pack.code,
        kind=told.kind,
        intake=told.intake,
        privacy=told.privacy,
        language=told.language,
        is_conduct=told.is_conduct,
        is_accused_unknown=told.is_conduct and not told.accused_units and not told.accused_staff,
        is_nature_open=told.is_nature_open,
        is_danger_told=told.is_danger,
        is_shareable=(told.is_shareable or told.is_publishable) and not told.is_conduct,
        is_publishable=told.is_publishable and not told.is_conduct,
        received_at=received,
        registered_at=now,
    )
    done = append(
        ActKind.REGISTERED,
        matter=case.pk,
        by=by,
        at=now,
        new_matter=True,
        happened_at=received if received < now else None,
        claimed_by=(told.claimed_by or f"post {by.post_id}") if received < now else "",
        body=_body(told, case),
    )
    clocks = steps.open_clocks(case, pack, calendar_of(told.authority), ActKind.REGISTERED, done)
    confidential = told.privacy != Privacy.OPEN
    sealed = sealed_parties(case.pk, list(told.identities), confidential=confidential, wish=told.channel)
    insert([case], [_words(told, case)], clocks, _submission(told, case_id, now), *sealed)
    _write_accused(told, case)
    if told.files:
        files.attach(case, told.files, by=by, now=now)
    if told.lead is not None:
        _join(case, told.lead, by=by, now=now)
    return Registered(case, code, secret, clocks=tuple(clocks))


def _join(case: Case, wished: Case, *, by: Actor, now: datetime) -> None:
    """Put the case under the open matter that the person joins, in both records.

    Where that matter ended or moved meanwhile the case stands alone: the person is never sent back for it.
    """
    lead = steps.lock_case(wished.pk)
    fits = lead.unit_id == case.unit_id and lead.state in rules.OPEN and lead.lead_id is None
    if not fits or case.is_conduct or lead.is_conduct:
        return
    joined = {"lead_id": lead.pk}
    body = {"case": str(lead.pk), "as": "member"}
    steps.act(case, ActKind.JOINED, by=by, now=now, set=joined, body=body, clocks=False)
    steps.act(lead, ActKind.JOINED, by=by, now=now, body={"case": str(case.pk), "as": "lead"}, clocks=False)


def _body(told: Told, case: Case) -> dict[str, object]:
    where = {"code": case.code, "unit": case.unit_id, "leader_post": case.leader_post_id, "pack": case.pack}
    return where | _said(told) | ({"publishable": True} if case.is_publishable else {})


def _said(told: Told) -> dict[str, object]:
    """What the record holds of what was told: words by their digests, a person by number alone."""
    return {
        "subject": told.subject.pk,
        "place": told.place.pk if told.place else None,
        "kind": told.kind,
        "intake": str(told.intake),
        "privacy": str(told.privacy),
        "danger": told.is_danger,
        "claim_sha256": digest(told.claim),
        "wants_sha256": digest(told.wants),
        "identities": len(told.identities),
        "channel": told.channel.kind if told.channel else "",
        "files": len(told.files),
    }


def _receipt(told: Told) -> tuple[str, str | None]:
    """Code and secret; both are on the counter's paper already where the code was reserved.

    A resend must be able to show the same secret although only its digest is stored, so the secret follows
    from the submission's random token under a key of the key file.
    """
    if told.reserved is not None:
        return told.reserved.code, None
    if not told.submission:
        return codes.new_code(), codes.new_secret()
    seed = hmac.digest(keys.derived("secrets of repeatable submissions"), told.submission, "sha256")
    return codes.new_code(), codes.new_secret(random.Random(seed))  # noqa: S311 - seeded by a keyed digest


def _mac(code: str, secret: str | None) -> bytes:
    return codes.hash_secret(keys.derived(SECRET_PURPOSE), code, secret or "")


def _route(told: Told, now: datetime) -> routing.Route:
    if told.is_conduct:
        found = routing.route_conduct(
            told.authority, accused_units=told.accused_units, accused_staff=told.accused_staff, now=now
        )
        found = found or routing.route_top(told.authority)
        if found is not None:
            return found
    return routing.route_mapped(told.authority, told.subject, told.place)


def _words(told: Told, case: Case) -> CaseText:
    return CaseText(
        case=case,
        received_at=case.received_at,
        unit_token=str(case.unit_id),
        claim=told.claim,
        wants=told.wants,
        place_text=told.place_text,
        accused_text=told.accused_text,
    )


def _write_accused(told: Told, case: Case) -> None:
    rows = [Accused(case=case, unit_id=unit) for unit in told.accused_units]
    rows += [Accused(case=case, staff_id=staff) for staff in told.accused_staff]
    if rows:
        Accused.objects.bulk_create(rows)
    if told.reserved is not None:
        ReservedCode.objects.filter(pk=told.reserved.pk).update(used_at=case.registered_at)


def _submission_key(told: Told) -> bytes:
    return hashlib.sha256(b"answerable/submission/v1\0" + told.submission).digest()


def _told_digest(told: Told) -> bytes:
    """All that was told: what is added to a form that is sent again must not be dropped without a word.

    Under a key, for a name among known words could be guessed from a plain digest.
    """
    said = [
        told.claim,
        told.wants,
        told.subject.pk,
        told.kind,
        told.privacy,
        told.place_text,
        told.accused_text,
    ]
    said += [told.place.pk if told.place else None, told.is_conduct, told.is_danger, told.is_shareable]
    said += [sorted(told.accused_units), sorted(told.accused_staff), [one.sha256.hex() for one in told.files]]
    said += [[(one.name, one.address, one.role) for one in told.identities]]
    said += [(told.channel.kind, told.channel.address) if told.channel else None]
    said += [True] if told.is_publishable else []
    return hmac.digest(keys.derived("digests of submissions"), json.dumps(said).encode(), "sha256")


def _submission(told: Told, case_id: UUID, now: datetime) -> list[Submission]:
    """What finds a resend. It is written with the case: a second sender waits there for the first one's commit, and
    is then told that the key is taken."""
    if not told.submission:
        return []
    return [Submission(key=_submission_key(told), case_id=case_id, digest=_told_digest(told), at=now)]


def _is_unused(reserved: ReservedCode) -> bool:
    """Whether the code on the counter's paper has no case yet; a second sender waits for the first one's commit."""
    return ReservedCode.objects.select_for_update().get(pk=reserved.pk).used_at is None


def _registered_before(told: Told) -> Registered:
    """The case that a sending under this reserved code made already, however long ago."""
    case = Case.objects.get(code=told.reserved.code if told.reserved else "")
    body = acts_of(case.pk, kinds=(str(ActKind.REGISTERED),))[0].body or {}
    # An erased case says nothing of what was told. All else that the record holds of it has to be the same: two devices
    # may have come to one code, and nothing that a person told is dropped without a word.
    if any(body.get(name, value) != value for name, value in _said(told).items()):
        raise CannotAct("submission_differs", receipt=case.code)
    return Registered(case, case.code, None, is_repeat=True)


def _repeated(told: Told, now: datetime) -> Registered:
    row = Submission.objects.select_related("case").get(pk=_submission_key(told))
    if bytes(row.digest) != _told_digest(told):
        raise CannotAct("submission_differs", receipt=row.case.code)
    fresh = now - row.at < REPEAT_WINDOW and told.reserved is None
    secret = _receipt(told)[1] if fresh else None
    if secret and not codes.verify_secret(
        keys.derived(SECRET_PURPOSE), row.case.code, secret, bytes(row.case.secret_mac)
    ):
        secret = None
    return Registered(row.case, row.case.code, secret, is_repeat=True)
