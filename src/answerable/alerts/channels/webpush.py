"""Web Push's cryptography, small: the payload (RFC 8291 over RFC 8188) and who sends it (VAPID, RFC 8292). Pure.

Written here and not taken from a package: it is one key agreement, two derivations and one signature, all of them
`cryptography`'s, and the package in use elsewhere brings an HTTP client and a curl along.
"""

from __future__ import annotations

import base64
import json
import os
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_SIZE = 4096
#: Bytes of text that fit: every push service takes a body of 4096 (RFC 8030, 7.2), header, tag and padding included.
MOST_TEXT = 3000
POINT_BYTES, AUTH_BYTES = 65, 16
#: How long a claim of who we are counts: at most a day (RFC 8292, 2).
CLAIM_S = 12 * 3600


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Raises ValueError."""
    if not isinstance(text, str) or not text.isascii():
        raise ValueError("no base64url")
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4), validate=True)


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The uncompressed point that browsers take as `applicationServerKey`."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def private_key(seed: bytes) -> ec.EllipticCurvePrivateKey:
    """The P-256 key of 32 bytes; all zero, or beyond the curve's order, raises ValueError."""
    return ec.derive_private_key(int.from_bytes(seed, "big"), ec.SECP256R1())


def is_subscription_key(point: bytes, auth: bytes) -> bool:
    """Whether a browser's key is a point of the curve and its secret has the right length."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except (ValueError, InvalidKey):
        return False
    return len(point) == POINT_BYTES and len(auth) == AUTH_BYTES


def encrypt(
    text: bytes,
    point: bytes,
    auth: bytes,
    *,
    ours: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """One record of `aes128gcm` for the browser with this key. `ours` and `salt` are new for every message; given
    only to check against the RFC's example. Raises ValueError for a key that is no point."""
    ours = ours or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    sender = public_bytes(ours)
    shared = ours.exchange(ec.ECDH(), theirs)
    secret = _hkdf(shared, salt=auth, info=b"WebPush: info\0" + point + sender, length=32)
    key = _hkdf(secret, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16)
    nonce = _hkdf(secret, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    sealed = AESGCM(key).encrypt(nonce, text + b"\x02", None)
    head = salt + RECORD_SIZE.to_bytes(4, "big") + len(sender).to_bytes(1, "big") + sender
    return head + sealed


def authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, *, subject: str, now_s: int) -> str:
    """The header by which a push service knows us: a token for its origin, signed with the key subscribed to."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": now_s + CLAIM_S, "sub": subject}
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token}, k={encode(public_bytes(key))}"


def _json(value: dict[str, object]) -> str:
    return encode(json.dumps(value, separators=(",", ":")).encode())


def _hkdf(secret: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)
