"""A BagIt package (RFC 8493), made and checked in memory, so that nothing unsealed touches a disk. Pure."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date

_DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class BagDamaged(Exception):
    """The package is not what its manifest says; the message names the file."""


def packed(name: str, payload: Mapping[str, bytes], *, made_on: date, about: str) -> bytes:
    """ZIP bytes of the bag `name/`. The same payload gives the same bytes.

    Raises ValueError for a path with a line end or a percent sign: programs differ in how they write these.
    """
    if bad := [path for path in payload if re.search(r"[%\r\n]", path)]:
        raise ValueError(bad[0])
    data = {f"data/{path}": content for path, content in sorted(payload.items())}
    size = sum(map(len, data.values()))
    info = f"Bagging-Date: {made_on.isoformat()}\nExternal-Identifier: {about}\nPayload-Oxum: {size}.{len(data)}\n"
    tags = {"bagit.txt": _DECLARED, "bag-info.txt": info.encode(), "manifest-sha256.txt": _manifest(data)}
    files = tags | {"tagmanifest-sha256.txt": _manifest(tags)} | data
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(f"{name}/{path}", _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def unpacked(package: bytes) -> dict[str, bytes]:
    """The files of a bag by their paths in it, each compared with its manifest. Raises BagDamaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            files = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, RuntimeError, EOFError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise BagDamaged(str(error)) from error
    listed: dict[str, str] = {}
    for manifest in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        for line in files.get(manifest, b"").decode("utf-8", "replace").splitlines():
            found = _LINE.fullmatch(line)
            if found is None:
                raise BagDamaged(manifest)
            listed[found[2]] = found[1]
    if "manifest-sha256.txt" not in listed:
        raise BagDamaged("tagmanifest-sha256.txt")
    for path, digest in listed.items():
        if hashlib.sha256(files.get(path, b"")).hexdigest() != digest or path not in files:
            raise BagDamaged(path)
    if extra := [path for path in files if path.startswith("data/") and path not in listed]:
        raise BagDamaged(extra[0])
    return files


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in files.items()
    ).encode()
