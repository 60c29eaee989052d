"""What a device sends after work without a network: sealed to the office there, opened here alone.

ECDH over P-256 with a fresh key of the device for each matter (the curve every browser's WebCrypto has), HKDF-SHA256
(RFC 5869), AES-256-GCM bound to the receipt's code. The device cannot read what it keeps; a stolen one tells nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from answerable.core.sentences import N_, Said
from answerable.parties import keys


@dataclass(frozen=True)
class Purpose:
    """What is sealed: each purpose has an office key of its own, and what is sealed for one does not open for another."""

    name: str
    info: bytes


COUNTER = Purpose("matters taken down without a network", b"answerable/counter/v1")
#: Order of P-256 (SEC 2, 2.4.2).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class CannotOpenSealed(Said):
    """What the device sent does not open here."""

    sentences = {
        "damaged": N_(
            "What the device kept does not open: it was changed, or belongs to another installation. Only the "
            "person can tell it again; their receipt opens nothing yet."
        )
    }


def _private(purpose: Purpose) -> ec.EllipticCurvePrivateKey:
    seed = int.from_bytes(keys.derived(purpose.name))
    return ec.derive_private_key(seed % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key(purpose: Purpose = COUNTER) -> str:
    """What a device seals to: an uncompressed point of 65 bytes, base64."""
    point = _private(purpose).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.b64encode(point).decode()


def seal(content: dict[str, Any], code: str, iv: bytes, purpose: Purpose = COUNTER) -> dict[str, str]:
    """Seal as a device does: {"key", "iv", "data"}, each base64. `iv` is 12 bytes."""
    point, data = seal_bytes(json.dumps(content).encode(), code, iv, purpose)
    return {
        name: base64.b64encode(value).decode() for name, value in (("key", point), ("iv", iv), ("data", data))
    }


def seal_bytes(content: bytes, bound: str, iv: bytes, purpose: Purpose) -> tuple[bytes, bytes]:
    """The device's point and the sealed bytes."""
    mine = ec.generate_private_key(ec.SECP256R1())
    point = mine.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = _shared(mine, _private(purpose).public_key(), purpose)
    return point, AESGCM(key).encrypt(iv, content, bound.encode())


def open_sealed(sealed: dict[str, str], code: str, purpose: Purpose = COUNTER) -> dict[str, Any]:
    """What was told under this code. Raises CannotOpenSealed("damaged")."""
    try:
        point, iv, data = (base64.b64decode(sealed[name], validate=True) for name in ("key", "iv", "data"))
        content = json.loads(open_bytes(point, iv, data, code, purpose))
    except (KeyError, TypeError, ValueError, RecursionError, binascii.Error) as error:
        raise CannotOpenSealed("damaged") from error
    if not isinstance(content, dict):
        raise CannotOpenSealed("damaged")
    return content


def open_bytes(point: bytes, iv: bytes, data: bytes, bound: str, purpose: Purpose) -> bytes:
    """What a device sealed. Raises CannotOpenSealed("damaged")."""
    try:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        return AESGCM(_shared(_private(purpose), theirs, purpose)).decrypt(iv, data, bound.encode())
    except (TypeError, ValueError, InvalidTag) as error:
        raise CannotOpenSealed("damaged") from error


def _shared(
    private: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey, purpose: Purpose
) -> bytes:
    secret = private.exchange(ec.ECDH(), public)
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.info).derive(secret)
