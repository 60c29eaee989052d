"""Who watches our log: the witnesses that the office has named, and how things stand with each.

ANSWERABLE_RECORD_WITNESSES names a file in the form of a policy (c2sp.org/tlog-policy) with `witness`, `group` and
`quorum` lines. With a quorum a checkpoint is published only when that many have cosigned it; intake, promises and
signing go on meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from answerable.record import policy as policies
from answerable.record import storage
from answerable.record.invalid import Invalid
from answerable.record.notes import COSIGNATURE, MAX_SIGNATURES
from answerable.record.policy import Policy
from answerable.record.stopped import LogStopped

#: Two signatures are the log's own while its key is being changed, and a second kind of them may come.
MOST = MAX_SIGNATURES - 4
NOBODY = Policy(())


@dataclass(frozen=True)
class Standing:
    """What is known of a witness in this epoch."""

    size: int = 0
    fault: Mapping[str, Any] | None = None
    contradiction: Mapping[str, Any] | None = None


def configured() -> Policy:
    """The witnesses of the file; nobody where none is set. Raises LogStopped (witnesses_unreadable, _malformed)."""
    path: Path | None = settings.ANSWERABLE_RECORD_WITNESSES
    if path is None:
        return NOBODY
    try:
        found = policies.parse(path.read_bytes())
        if len(found.witnesses) > MOST:
            raise Invalid("too_many", str(len(found.witnesses)))
        for witness in found.witnesses.values():
            if not witness.url or witness.key.type != COSIGNATURE:
                raise Invalid("without_address", witness.name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise LogStopped("witnesses_unreadable", path=str(path), reason=reason) from error
    except Invalid as error:
        raise LogStopped("witnesses_malformed", path=str(path), reason=str(error)) from error
    return found


def policy_lines() -> list[str]:
    """What the log's own policy file says of witnesses: nobody has to believe it, but whoever does may copy it."""
    try:
        known = configured()
    except LogStopped:
        return ["quorum none"]
    lines = [f"witness {one.name} {one.key} {one.url}" for one in known.witnesses.values()]
    lines += [f"group {one.name} {one.needed} {' '.join(one.members)}" for one in known.groups.values()]
    return [*lines, f"quorum {known.quorum}"]


def publish(epoch: int, size: int) -> int:
    """Publish the checkpoint, unless a quorum is asked for and has not cosigned it yet; 1, or 0."""
    known = configured()
    if known.quorum != policies.NONE and not known.is_met(cosigned(epoch, size, known)):
        return 0
    return storage.publish(epoch, size)


def require_no_contradiction(log: storage.Head) -> None:
    """No witness holds a log that ours does not continue, unless others outvote it. Raises LogStopped.

    A size that somebody says proves nothing: a witness that lies must not stop a log that more others go on cosigning.
    `answerable check` names it all the same.
    """
    known, told = configured(), standings(log.epoch)
    found = {
        name: told[str(witness.key)] for name, witness in known.witnesses.items() if str(witness.key) in told
    }
    against = [name for name, one in found.items() if one.contradiction is not None]
    # Each was asked when this process began to sign: whoever was away or said something else then has a fault.
    agreeing = [name for name, one in found.items() if one.size and not (one.fault or one.contradiction)]
    if not against or (len(agreeing) > len(against) and known.is_met(agreeing)):
        return
    contradiction = found[against[0]].contradiction or {}
    facts = {key: value for key, value in contradiction.items() if key != "code"}
    raise LogStopped(contradiction["code"], **facts | {"witness": against[0]})


# ---------------------------------------------------------------- rows


def standings(epoch: int) -> dict[str, Standing]:
    """By the witness's key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vkey, size, fault::text, contradiction::text FROM record_witness WHERE epoch = %s",
            [epoch],
        )
        return {
            vkey: Standing(size, json.loads(fault) if fault else None, json.loads(contra) if contra else None)
            for vkey, size, fault, contra in cursor.fetchall()
        }


def asked_lately(epoch: int, pause_s: float) -> set[str]:
    """The keys of those that failed so short a time ago that they are left alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT vkey FROM record_witness WHERE epoch = %s AND fault IS NOT NULL"
            " AND asked_at + %s * interval '1 second' > clock_timestamp()",
            [epoch, pause_s],
        )
        return {vkey for (vkey,) in cursor.fetchall()}


def cosigned(epoch: int, size: int, known: Policy) -> list[str]:
    """The names, in the office's file, of those that have cosigned this checkpoint."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT witness FROM record_cosignature WHERE epoch = %s AND size = %s", [epoch, size])
        there = {vkey for (vkey,) in cursor.fetchall()}
    return [name for name, witness in known.witnesses.items() if str(witness.key) in there]


def remember_line(epoch: int, size: int, vkey: str, line: bytes) -> None:
    """The witness has cosigned; lines under checkpoints older than the newest public one are let go."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO record_cosignature (epoch, size, witness, line) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [epoch, size, vkey, line],
        )
        cursor.execute(
            "DELETE FROM record_cosignature WHERE epoch = %(epoch)s AND size < (SELECT max(size)"
            " FROM record_checkpoint WHERE epoch = %(epoch)s AND published_at IS NOT NULL)",
            {"epoch": epoch},
        )
        cursor.execute(
            "INSERT INTO record_witness (epoch, vkey, size, asked_at, cosigned_at)"
            " VALUES (%(epoch)s, %(vkey)s, %(size)s, clock_timestamp(), clock_timestamp())"
            " ON CONFLICT (epoch, vkey) DO UPDATE SET size = greatest(record_witness.size, EXCLUDED.size),"
            " asked_at = EXCLUDED.asked_at, cosigned_at = EXCLUDED.cosigned_at, fault = NULL, contradiction = NULL",
            {"epoch": epoch, "vkey": vkey, "size": size},
        )


def remember_fault(
    epoch: int, vkey: str, fault: Mapping[str, Any], contradiction: Mapping[str, Any] | None
) -> bool:
    """The witness has not cosigned; whether the reason is another one than before. A contradiction stays until it cosigns."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT fault::text FROM record_witness WHERE epoch = %s AND vkey = %s", [epoch, vkey])
        before = cursor.fetchone()
        cursor.execute(
            "INSERT INTO record_witness (epoch, vkey, size, asked_at, fault, contradiction)"
            " VALUES (%s, %s, 0, clock_timestamp(), %s::jsonb, %s::jsonb)"
            " ON CONFLICT (epoch, vkey) DO UPDATE SET asked_at = EXCLUDED.asked_at, fault = EXCLUDED.fault,"
            " contradiction = coalesce(EXCLUDED.contradiction, record_witness.contradiction)",
            [epoch, vkey, json.dumps(fault), json.dumps(contradiction) if contradiction else None],
        )
    return before is None or before[0] is None or json.loads(before[0])["code"] != fault["code"]
