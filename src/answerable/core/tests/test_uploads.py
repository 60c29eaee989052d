"""Uploads: taken by what they are; what is booby-trapped is refused with a sentence that says what to do."""

from __future__ import annotations

import contextlib
import hashlib
import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.core import uploads
from answerable.core.clamd import ScanState
from answerable.core.filetypes import Kind, look
from answerable.core.images import CannotReadPicture
from answerable.core.tests import upload_corpus as corpus

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>'
LETTER = "尊敬的领导：\n幸福路的路灯坏了三个月。".encode()
SMALL_ZIP = corpus.zipped({"a.txt": b"hello"})


@pytest.mark.parametrize(
    ("name", "data", "kind", "kept_as"),
    [
        ("照片.jpg", corpus.picture(), Kind.PICTURE, "照片.jpg"),
        ("photo.txt", corpus.picture("PNG"), Kind.PICTURE, "photo.txt.png"),
        ("IMG_1", corpus.picture("WEBP"), Kind.PICTURE, "IMG_1.webp"),
        ("bill.pdf", corpus.PDF, Kind.PDF, "bill.pdf"),
        ("invoice.exe", corpus.PDF, Kind.PDF, "invoice.exe.pdf"),
        ("letter.txt", LETTER, Kind.TEXT, "letter.txt"),
        ("letter.txt", "路灯坏了三个月，请派人来修。".encode("gb18030"), Kind.TEXT, "letter.txt"),
        ("letter.txt", "路灯".encode("utf-16"), Kind.TEXT, "letter.txt"),
        ("run.bat", b"Dear Sir,\nthe lamp is broken", Kind.TEXT, "run.bat.txt"),
        ("mail.html", b"MIME-Version: 1.0\n\n<script>x</script>", Kind.TEXT, "mail.html.txt"),
        ("page.html", b"<html><p>hello</p></html>", Kind.MARKUP, "page.html.txt"),
        ("表.docx", corpus.office(), Kind.OFFICE, "表.docx"),
        ("s.xlsx", corpus.office("xl/workbook.xml"), Kind.OFFICE, "s.xlsx"),
        ("s.docm", corpus.office(), Kind.OFFICE, "s.docm.docx"),
        ("s.odt", corpus.odt(), Kind.OFFICE, "s.odt"),
        ("old.doc", corpus.ole("WordDocument"), Kind.OFFICE, "old.doc"),
        ("voice.m4a", corpus.MP4, Kind.VIDEO, "voice.m4a"),
        ("clip.mp4", corpus.MP4, Kind.VIDEO, "clip.mp4"),
        ("voice.amr", b"#!AMR\n\x3c\x91\x17", Kind.AUDIO, "voice.amr"),
        ("a.wav", corpus.WAV, Kind.AUDIO, "a.wav"),
        ("all.zip", SMALL_ZIP, Kind.ARCHIVE, "all.zip"),
        ("../../x.zip", SMALL_ZIP, Kind.ARCHIVE, "x.zip"),
        ("plan.dwg", b"AC1032\0\0\0\0\x01\x02" + bytes(50), Kind.OTHER, "plan.dwg"),
        ("BM notes", b"BM is short for book mark (8)", Kind.TEXT, "BM notes.txt"),
        ("caffeine.txt", b"caffeine is what the guard lives on", Kind.TEXT, "caffeine.txt"),
        ("about.txt", b"A file that begins with %PDF-1.7 is a PDF.", Kind.TEXT, "about.txt"),
    ],
)
def test_a_file_is_taken_as_what_it_is_under_a_name_that_fits(
    name: str, data: bytes, kind: Kind, kept_as: str
) -> None:
    found = uploads.inspect(name, data)
    assert (found.kind, found.name, found.size) == (kind, kept_as, len(data))
    assert found.sha256 == hashlib.sha256(data).digest()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("setup.exe", corpus.PE, "program"),
        ("photo.jpg", corpus.PE, "program"),
        ("photo.jpg", corpus.ELF, "program"),
        ("photo.jpg", corpus.MACHO, "program"),
        ("folder", corpus.LNK, "program"),
        ("run.txt", b"#!/bin/sh\nrm -rf /\n", "program"),
        ("x.js", b"\0\x01\x02\x03", "program"),
        ("installer.doc", corpus.OLE + bytes.fromhex("84100c0000000000c000000000000046"), "program"),
        ("a.zip", corpus.zipped({"photo.jpg.exe": b"MZ"}), "program"),
        ("a.zip", corpus.zipped({"docs/rechnung.JS": b"x"}), "program"),
        ("a.zip", corpus.zipped({"META-INF/MANIFEST.MF": b"", "A.class": b"\xca\xfe\xba\xbe"}), "program"),
        ("x.apk", corpus.zipped({"AndroidManifest.xml": b"", "classes.dex": b"dex\n"}), "program"),
        ("disk.iso", bytes(32769) + b"CD001" + bytes(10), "program"),
        ("a.docx", corpus.zipped({"[Content_Types].xml": b"", "word/d.xml": b"", "word/vbaProject.bin": b""}), "macros"),
        ("a.xls", corpus.zipped({"[Content_Types].xml": b"", "xl/w.xml": b"", "xl/macrosheets/s.xml": b""}), "macros"),
        ("a.odt", corpus.odt(macros=True), "macros"),
        ("old.doc", corpus.ole("WordDocument", "_VBA_PROJECT"), "macros"),
        ("a.rtf", b"{\\rtf1 {\\object\\objdata 0105}}", "macros"),
        ("x.svg", SVG, "unknown_picture"),
        ("x.png", SVG, "unknown_picture"),
        ("x.svg", SVG.replace(b"<circle", b"<script>alert(1)</script><circle"), "active"),
        ("x.svg", SVG.replace(b'r="4"', b'r="4" onload="alert(1)"'), "active"),
        ("x.svg", SVG.decode().replace("<circle", "<script>1</script><circle").encode("utf-16"), "active"),
        ("x.svg", b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "active"),
        ("x.psd", b"8BPS\0\x01" + bytes(30), "unknown_picture"),
        ("x.jxl", b"\xff\x0a\xfa\x7f" + bytes(30), "unknown_picture"),
        ("p.html", b"<html><script src=//x></script>", "active"),
        ("p.txt", b"<html><SCRIPT\n>alert(1)</SCRIPT>", "active"),
        ("p.html", b"<p><a href='java&#115;cript:alert(1)'>x</a>", "active"),
        ("p.html", b"<p><a href='java\nscript:alert(1)'>x</a>", "active"),
        ("p.html", b"<img src=x/onerror=alert(1)>", "active"),
        ("p.html", b"<!DOCTYPE html><meta http-equiv=refresh content='0;url=//x'>", "active"),
        ("p.html", b"\xef\xbb\xbf <iframe src=x>", "active"),
        ("a.pdf", b"<html><script>alert(1)</script>" + b"\x00\x01" + corpus.PDF, "two_in_one"),
        ("a.pdf", corpus.PDF.replace(b"1 0 obj", b"<script>alert(1)</script> 1 0 obj", 1), "two_in_one"),
        ("a.pdf", corpus.PDF + SMALL_ZIP, "two_in_one"),
        ("a.mp4", corpus.MP4 + SMALL_ZIP, "two_in_one"),
        ("a.bin", b"\x00\x01\x02\x03" * 9 + SMALL_ZIP, "two_in_one"),
        ("a.doc", corpus.ole("WordDocument") + SMALL_ZIP, "two_in_one"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + SMALL_ZIP, "two_in_one"),
        ("a.zip", SMALL_ZIP[:4] + b"hidden" * 9 + SMALL_ZIP, "two_in_one"),
    ],
)  # fmt: skip
def test_what_is_booby_trapped_is_refused_with_a_sentence(name: str, data: bytes, code: str) -> None:
    with pytest.raises(uploads.CannotTake) as refused:
        uploads.inspect(name, data)
    assert refused.value.code == code
    said = str(refused.value)
    assert "please" in said.lower()
    assert "%" not in said


@pytest.mark.parametrize(
    "make", [corpus.zip_bomb, corpus.overlapping_zip_bomb, corpus.zip_of_very_many, corpus.gzip_bomb]
)
def test_archive_bombs_are_refused_without_being_unpacked(
    make: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = make()  # type: ignore[operator]
    assert len(data) < 5 << 20

    def never(*args: object) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    with pytest.raises(uploads.CannotTake) as refused:
        uploads.inspect("photos.zip", data)
    assert refused.value.code == "bomb"


def test_a_zip64_archive_is_read_like_any_other() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as entry:
        entry.write(b"hello")
    assert uploads.inspect("a.zip", out.getvalue()).kind is Kind.ARCHIVE
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("a.txt")
        archive.writestr(info, b"hello")
        archive.filelist[0].file_size = 5 << 30
    with pytest.raises(uploads.CannotTake) as refused:
        uploads.inspect("a.zip", big.getvalue())
    assert refused.value.code == "bomb"


def test_size_limits_say_what_to_do_and_nothing_more_is_read() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert size > 0
            self.taken += size
            return bytes(size)

    endless = Endless()
    with pytest.raises(uploads.CannotTake, match="larger than 20 MB"):
        uploads.inspect("film.mp4", endless)  # type: ignore[arg-type]
    assert endless.taken == (20 << 20) + 1
    exact = uploads.Limits(file_bytes=len(corpus.PDF))
    assert uploads.inspect("a.pdf", io.BytesIO(corpus.PDF), exact).size == len(corpus.PDF)
    with pytest.raises(uploads.CannotTake):
        uploads.inspect("a.pdf", corpus.PDF + b"\n", exact)


def test_ten_files_fit_to_a_case() -> None:
    uploads.check_count(9, 1)
    with pytest.raises(uploads.CannotTake, match="Up to 10 files"):
        uploads.check_count(9, 2)


@pytest.mark.parametrize(
    ("name", "data", "caution"),
    [
        ("a.pdf", corpus.PDF[:40], "incomplete"),
        ("a.zip", SMALL_ZIP[:-30], "incomplete"),
        ("a.pdf", corpus.PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript /JS (1) >> /Type"), "scripts"),
        ("a.pdf", corpus.PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root"), "encrypted"),
    ],
    # A ZIP holds the minute it was made in, and a name that changes belongs to no test.
    ids=["cut-pdf", "cut-zip", "scripted-pdf", "encrypted-pdf"],
)
def test_what_is_odd_but_harmless_is_taken_with_a_caution(name: str, data: bytes, caution: str) -> None:
    assert caution in uploads.inspect(name, data).cautions
    assert caution in uploads.CAUTIONS


def test_a_received_picture_is_written_anew_and_nothing_of_the_original_is_kept() -> None:
    original = corpus.picture() + SMALL_ZIP
    kept = uploads.receive("IMG.jpeg", original)
    assert kept.is_picture
    assert (kept.name, kept.media_type) == ("IMG.jpg", "image/jpeg")
    assert b"PK\x03\x04" not in kept.data
    assert kept.sha256 == hashlib.sha256(kept.data).digest()
    assert kept.scan.state is ScanState.NOT_SCANNED
    assert "not_scanned" not in kept.cautions
    assert uploads.receive("x.gif", corpus.picture("GIF")).name == "x.png"


def test_a_picture_in_name_only_or_cut_short_is_refused() -> None:
    for data in (b"GIF89a=1/*" + b"*/;alert(1)", corpus.picture()[:200], b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(CannotReadPicture, match="did not arrive whole"):
            uploads.receive("x.png", data)


def test_other_files_are_kept_byte_for_byte() -> None:
    kept = uploads.receive("bill.pdf", io.BytesIO(corpus.PDF))
    assert (kept.data, kept.is_picture) == (corpus.PDF, False)


def test_a_scanner_that_is_away_holds_nobody_up(tmp_path: Path) -> None:
    kept = uploads.receive("bill.pdf", corpus.PDF, scanner=tmp_path / "nothing.sock")
    assert kept.scan.state is ScanState.NOT_SCANNED
    assert "not_scanned" in kept.cautions


@pytest.mark.parametrize(
    "name", ['路灯".pdf', "a\r\nSet-Cookie: x=1.pdf", "<svg onload=1>.html", "x;y=z.txt", ""]
)
def test_downloads_never_run_and_their_names_stay_in_their_header(name: str) -> None:
    headers = uploads.download_headers(name)
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Content-Security-Policy"].startswith("sandbox")
    for value in headers.values():
        assert value.isascii()
        assert not set(value) & set("\r\n<>")
    assert headers["Content-Disposition"].count('"') == 2


def test_only_our_own_pictures_are_shown_in_a_page() -> None:
    assert uploads.picture_headers("image/png")["X-Content-Type-Options"] == "nosniff"
    for media_type in ("image/svg+xml", "text/html", "image/gif", "application/pdf"):
        with pytest.raises(ValueError, match="never shown"):
            uploads.picture_headers(media_type)


starts = st.sampled_from(
    [b"", b"PK\x03\x04", b"%PDF-", b"\xff\xd8\xff", b"GIF89a", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<svg ", b"<html>", b"MZ",
     b"\x1f\x8b", b"{\\rtf", b"\0\0\0\x18ftyp", b"RIFF\0\0\0\0WEBP", SMALL_ZIP, corpus.PDF]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(starts, st.binary(max_size=300), st.sampled_from([b"", SMALL_ZIP[-60:], b"PK\x05\x06" + bytes(18)]))
def test_any_bytes_are_answered_without_an_error(start: bytes, middle: bytes, end: bytes) -> None:
    data = start + middle + end
    found = look(data)
    with contextlib.suppress(uploads.CannotTake):
        inspected = uploads.inspect("x.bin", data)
        assert inspected.kind is found.kind
        assert inspected.kind not in (Kind.PROGRAM, Kind.UNKNOWN_PICTURE)
        assert not found.faults


def test_hostile_markup_costs_no_more_than_its_length() -> None:
    for piece in (b"<meta ", b"<a:" * 3, b" on", b"&#x", b"javascript ", b"< ", b"/onaaa ", b"<!-"):
        data = b"<p>" + piece * (1_999_990 // len(piece))
        began = time.process_time()
        assert look(data).kind is Kind.MARKUP
        assert time.process_time() - began < 8
    assert "active" in look(b"<p>" + b"x" * 2_000_000).faults
