"""Hostile and honest files, made here byte by byte."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib

from PIL import Image

PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)
ELF = b"\x7fELF\x02\x01\x01" + bytes(60)
LNK = b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" + bytes(60)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
MP4 = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 512, b"isom", b"mp41") + bytes(100)
WAV = b"RIFF" + struct.pack("<I", 36) + b"WAVEfmt " + bytes(60)
MACHO = b"\xcf\xfa\xed\xfe" + bytes(100)


def ole(*names: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le") + bytes(40) for name in names)


def zipped(files: dict[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def office(part: str = "word/document.xml") -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", part: b"<x/>"})


def odt(macros: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
        if macros:
            archive.writestr("Basic/Standard/Module1.xml", "<x/>")
    return out.getvalue()


def zip_bomb(megabytes: int = 300) -> bytes:
    """Small on the disk, large unpacked; the content is streamed, never held whole."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("zeros", "w") as entry,
    ):
        piece = bytes(1 << 20)
        for _ in range(megabytes):
            entry.write(piece)
    return out.getvalue()


def overlapping_zip_bomb(entries: int = 400) -> bytes:
    """Many table entries that share one compressed body (after D. Fifield, 2019)."""
    body = zlib.compress(bytes(10 << 20), 9)[2:-4]
    crc = zlib.crc32(bytes(10 << 20))
    local = (
        struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, crc, len(body), 10 << 20, 1, 0) + b"a" + body
    )
    table = b"".join(
        struct.pack(
            "<IHHHHHHIIIHHHHHII",
            0x02014B50,
            20,
            20,
            0,
            8,
            0,
            0,
            crc,
            len(body),
            10 << 20,
            4,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + f"{number:04}".encode()
        for number in range(entries)
    )
    return (
        local
        + table
        + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, entries, entries, len(table), len(local), 0)
    )


def zip_of_very_many() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(10_050):
            archive.writestr(str(number), b"")
    return out.getvalue()


def gzip_bomb() -> bytes:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as file:
        piece = bytes(1 << 20)
        for _ in range(250):
            file.write(piece)
    return out.getvalue()


def picture(kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, kind)
    return out.getvalue()
