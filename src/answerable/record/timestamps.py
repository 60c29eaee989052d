"""Time-stamps by an authority outside (RFC 3161): asked for, and checked against its pinned certificate. No Django, no clock.

What is stamped is a checkpoint's text (its three lines, without signatures), so that a receipt under that
checkpoint is enough to check it. A file is the authority's whole answer, as `openssl ts` reads and writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client.tsp import TimeStampResponse

from answerable.record.invalid import Invalid
from answerable.record.verifying import Stamp

SUFFIX = ".tsr"
QUERY = "application/timestamp-query"
REPLY = "application/timestamp-reply"
MAX_BYTES = 1 << 18

_DIGESTS = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_Found = TypeVar("_Found")


class StampInvalid(Invalid):
    """A time-stamp that is none, or that the authority's certificate does not vouch for."""


@dataclass(frozen=True)
class Query:
    message: bytes
    nonce: int
    data: bytes


def query(message: bytes) -> Query:
    """What to send to an authority to have this text stamped, with a number that its answer must repeat."""
    asked = (
        TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    )
    if asked.nonce is None:
        raise RuntimeError("a request without a nonce")
    return Query(message, asked.nonce, asked.as_bytes())


def certificates(data: bytes) -> list[x509.Certificate]:
    """The certificates of a PEM file, at least one. Raises StampInvalid (certificate_malformed)."""
    try:
        return x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise StampInvalid("certificate_malformed") from error


def accept(data: bytes, asked: Query, believed: Sequence[x509.Certificate]) -> Stamp:
    """The stamp in an authority's answer to this query. Raises StampInvalid.

    Codes: stamp_malformed, stamp_refused, stamp_nonce, stamp_mismatch, stamp_foreign.
    """
    answer = _decoded(data)
    if answer.tst_info.nonce != asked.nonce:
        raise StampInvalid("stamp_nonce")
    stamp = _verified(answer, believed)
    if not stamp.is_of(asked.message):
        raise StampInvalid("stamp_mismatch")
    return stamp


def read(data: bytes, believed: Sequence[x509.Certificate]) -> Stamp:
    """The stamp in a file, whatever it is of. Raises StampInvalid."""
    return _verified(_decoded(data), believed)


def _decoded(data: bytes) -> TimeStampResponse:
    if len(data) > MAX_BYTES:
        raise StampInvalid("stamp_malformed")
    answer = _carefully(lambda: decode_timestamp_response(_in_order(data)), "stamp_malformed")
    if answer.status not in (0, 1):
        raise StampInvalid("stamp_refused", str(answer.status))
    _carefully(lambda: answer.tst_info.gen_time, "stamp_malformed")
    return answer


def _in_order(data: bytes) -> bytes:
    """The same answer with its certificates in DER's order, which OpenSSL does not keep and the parser insists on.

    No signature covers their order. Raises ValueError for what is no DER.
    """
    _tag, at, end = _element(data, 0)
    # TimeStampResp: status, token: type, [0]: SignedData: version, digests, content, [0] certificates
    for skip in (1, 1, 0, 3):
        for _ in range(skip):
            at = _element(data, at)[2]
        if at >= end:
            return data  # a refusal has no token
        tag, at, end = _element(data, at)
    if tag != 0xA0:
        return data
    parts, start = [], at
    while at < end:
        after = _element(data, at)[2]
        parts.append(data[at:after])
        at = after
    return data[:start] + b"".join(sorted(parts)) + data[end:]


def _element(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag of the DER element at this place, where its content starts, and where it ends."""
    if at + 2 > len(data):
        raise ValueError("cut off")
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise ValueError("cut off")
    return tag, start, start + length


def _verified(answer: TimeStampResponse, believed: Sequence[x509.Certificate]) -> Stamp:
    info = answer.tst_info
    name = _DIGESTS.get(info.message_imprint.hash_algorithm.dotted_string)
    if name is None:
        raise StampInvalid("stamp_malformed", info.message_imprint.hash_algorithm.dotted_string)
    builder = VerifierBuilder()
    for certificate in dict.fromkeys(believed):
        builder = builder.add_root_certificate(certificate)
    _carefully(lambda: builder.build().verify(answer, info.message_imprint.message), "stamp_foreign")
    return Stamp(
        name, bytes(info.message_imprint.message), int(info.gen_time.timestamp()), _authority(answer)
    )


def _authority(answer: TimeStampResponse) -> str:
    """The common name of who signed, for people; what counts is the certificate."""

    def name() -> str:
        signer = next(iter(answer.signed_data.signer_infos))
        for data in answer.signed_data.certificates:
            found = x509.load_der_x509_certificate(data)
            if found.serial_number == signer.serial_number:
                names = found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
                return str(names[0].value) if names else found.subject.rfc4514_string()
        return ""

    return _carefully(name, "stamp_malformed")


def _carefully(work: Callable[[], _Found], code: str) -> _Found:
    """Whatever goes wrong in a parser of other people's bytes is this one refusal."""
    try:
        return work()
    except Exception as error:  # of a dozen types: of a certificate of version 86, one that is no ValueError
        raise StampInvalid(code, str(error)[:200]) from error
    except BaseException as breakdown:
        # A panic in the parser arrives as a BaseException of a type that has no public name.
        if type(breakdown).__name__ != "PanicException":
            raise
        raise StampInvalid(code, "panic") from breakdown


__all__ = ["Stamp", "StampInvalid", "accept", "certificates", "query", "read"]
