"""Sealing and opening identities and channels. Expects the caller's transaction; the caller records the act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from answerable.core.ids import uuid7
from answerable.core.inserting import insert
from answerable.parties import keys, vault
from answerable.parties.models import Channel, DataKey, Party, Tombstone


class Erased(LookupError):
    """The identity was destroyed; nobody can read it any more."""


@dataclass(frozen=True)
class Identity:
    """Who a party is, as they gave it: name, and how to address a letter. Nothing else is kept."""

    name: str
    address: str = ""
    role: str = "self"

    def as_dict(self) -> dict[str, str]:
        return {"name": self.name, "address": self.address}


@dataclass(frozen=True)
class ChannelWish:
    """Where news may go: kind (`email`, `sms`, `post`) and the address or number."""

    kind: str
    address: str


def _key_row(owner: UUID, case_id: UUID) -> tuple[bytes, DataKey]:
    data_key = vault.new_data_key()
    wrapped = keys.ring().wrap(data_key, vault.bind("parties_data_key", "wrapped", owner))
    return data_key, DataKey(owner=owner, case_id=case_id, wrapped=wrapped)


def data_key(owner: UUID) -> bytes:
    """The data key of a row. Raises DataKey.DoesNotExist after erasure, KeyFileError without its key."""
    row = DataKey.objects.get(pk=owner)
    return keys.ring().unwrap(bytes(row.wrapped), vault.bind("parties_data_key", "wrapped", owner))


def file_key(case_id: UUID) -> bytes:
    """The key that a case's own files are sealed under, made at first use."""
    try:
        return data_key(case_id)
    except DataKey.DoesNotExist:
        key, row = _key_row(case_id, case_id)
        row.save(force_insert=True)
        return key


def own_key(owner: UUID, case_id: UUID) -> bytes:
    """A new key for one file of a case, so that it can be destroyed without the others; it goes with the case's."""
    key, row = _key_row(owner, case_id)
    row.save(force_insert=True)
    return key


def destroy_one(owner: UUID, *, now: datetime) -> None:
    """Destroy the key of one sealed row; the tombstone sees to it that an older backup does not bring it back."""
    DataKey.objects.filter(owner=owner).delete()
    Tombstone.objects.update_or_create(case_id=owner, defaults={"erased_at": now})


def seal_parties(
    case_id: UUID, identities: list[Identity], *, confidential: bool, wish: ChannelWish | None
) -> None:
    """Write the parties and the channel of a new case, each under a data key of its own: one statement."""
    insert(*sealed_parties(case_id, identities, confidential=confidential, wish=wish))


def sealed_parties(
    case_id: UUID, identities: list[Identity], *, confidential: bool, wish: ChannelWish | None
) -> tuple[list[DataKey], list[Party], list[Channel]]:
    """The rows that `seal_parties` writes, for whoever writes more with them."""
    parties, channels, data_keys = [], [], []
    for identity in identities:
        owner = uuid7()
        key, row = _key_row(owner, case_id)
        data_keys.append(row)
        parties.append(
            Party(
                id=owner,
                case_id=case_id,
                role=identity.role,
                is_confidential=confidential,
                sealed=vault.seal_json(key, identity.as_dict(), vault.bind("parties_party", "sealed", owner)),
            )
        )
    if wish is not None:
        channel, row = _sealed_channel(case_id, wish)
        data_keys.append(row)
        channels.append(channel)
    return data_keys, parties, channels


def _sealed_channel(case_id: UUID, wish: ChannelWish) -> tuple[Channel, DataKey]:
    owner = uuid7()
    key, row = _key_row(owner, case_id)
    sealed = vault.seal_json(key, {"address": wish.address}, vault.bind("parties_channel", "sealed", owner))
    return Channel(id=owner, case_id=case_id, kind=wish.kind, sealed=sealed), row


def replace_channel(case_id: UUID, wish: ChannelWish | None, *, now: datetime) -> None:
    """Drop the present channel for good, key included, and seal the new one if there is one."""
    old = list(Channel.objects.filter(case_id=case_id, dropped_at=None).values_list("pk", flat=True))
    DataKey.objects.filter(owner__in=old).delete()
    Channel.objects.filter(pk__in=old).update(dropped_at=now, sealed=None)
    if wish is not None:
        channel, row = _sealed_channel(case_id, wish)
        row.save(force_insert=True)
        channel.save(force_insert=True)


def open_identity(party: Party) -> Mapping[str, Any]:
    """Unseal one identity. Only for a service that records the look (rights, rule 6).

    Raises Erased, KeyFileError, and CannotOpen (`no_data_key` after a restore without the data keys).
    """
    if party.sealed is None:
        raise Erased
    try:
        key = data_key(party.pk)
    except DataKey.DoesNotExist:
        raise vault.CannotOpen("no_data_key") from None
    return vault.open_json(key, bytes(party.sealed), vault.bind("parties_party", "sealed", party.pk))


def open_channel(channel: Channel) -> str:
    """Unseal one channel's address. Only the delivery process calls this: a delivery is not a look."""
    value = vault.open_json(
        data_key(channel.pk),
        bytes(channel.sealed or b""),
        vault.bind("parties_channel", "sealed", channel.pk),
    )
    return str(value["address"])


def copy_parties(from_case: UUID, to_case: UUID) -> None:
    """Seal the parties and the present channel of a case anew for one that was divided from it.

    A machine carries them over, as it delivers a message: nobody looks, and each case is erased by itself. Raises
    KeyFileError, and CannotOpen after a restore without the data keys.
    """
    parties = Party.objects.filter(case_id=from_case, erased_at=None).exclude(sealed=None).order_by("pk")
    for party in parties:
        identity = open_identity(party)
        told = Identity(str(identity["name"]), str(identity.get("address", "")), party.role)
        seal_parties(to_case, [told], confidential=party.is_confidential, wish=None)
    channel = Channel.objects.filter(case_id=from_case, dropped_at=None).exclude(sealed=None).first()
    if channel is not None:
        wish = ChannelWish(channel.kind, open_channel(channel))
        seal_parties(to_case, [], confidential=True, wish=wish)


def erase(case_id: UUID, *, now: datetime) -> None:
    """Destroy identities, channels and every data key of a case; leave a tombstone that outlives a restore."""
    DataKey.objects.filter(case_id=case_id).delete()
    Party.objects.filter(case_id=case_id).update(sealed=None, erased_at=now)
    Channel.objects.filter(case_id=case_id).update(sealed=None, dropped_at=now)
    Tombstone.objects.update_or_create(case_id=case_id, defaults={"erased_at": now})
