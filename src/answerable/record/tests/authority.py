"""A time-stamping authority of one's own: certificates, and `openssl ts` behind HTTP."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from answerable.record.tests.servers import say

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")

_CONFIG = """
[tsa]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
tsa_name = no
ess_cert_id_chain = no
"""


class Authority:
    """`ca` is what a reader pins."""

    def __init__(self, folder: Path, name: str = "Time Office") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.ca = folder, folder / "ca.pem"
        now = datetime.now(UTC)
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
        root, leaf = _name(f"{name} Root"), _name(name)
        for subject, key, is_root in ((root, keys[0], True), (leaf, keys[1], False)):
            builder = (
                x509.CertificateBuilder()
                .subject_name(subject)
                .issuer_name(root)
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(now - timedelta(days=1))
                .not_valid_after(now + timedelta(days=30))
                .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            )
            if not is_root:
                usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
                builder = builder.add_extension(usage, critical=True)
            made = builder.sign(keys[0], hashes.SHA256())
            (folder / ("ca.pem" if is_root else "tsa.pem")).write_bytes(made.public_bytes(Encoding.PEM))
        pem = keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "tsa.key").write_bytes(pem)
        (folder / "config").write_text(_CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")

    def reply(self, query: bytes) -> bytes:
        """The answer to a query."""
        (self.folder / "query").write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", "config", "-section", "tsa", "-queryfile", "query"]
        subprocess.run([*command, "-out", "reply"], cwd=self.folder, check=True, capture_output=True)
        return (self.folder / "reply").read_bytes()

    def answering(
        self, change: Callable[[bytes], bytes] = bytes, after: Callable[[bytes], bytes] = bytes
    ) -> Callable[[BaseHTTPRequestHandler], None]:
        """An HTTP answer; `change` and `after` make it lie."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            query = handler.rfile.read(int(handler.headers["Content-Length"]))
            say(handler, after(self.reply(change(query))), Content_Type="application/timestamp-reply")

        return answer


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
