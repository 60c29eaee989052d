"""What a file is, by its bytes and never by its name. Pure: nothing is unpacked, nothing is run.

Archives are read as far as their table of contents, which tells their size unpacked and the names in them.
"""

from __future__ import annotations

import enum
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

ZIP_ENTRIES = 10_000
UNPACKED_LIMIT = 2 << 30
#: From this size on, an archive that unpacks to more than BOMB_RATIO times itself is a bomb.
UNPACKED_FREE = 100 << 20
BOMB_RATIO = 200
#: Characters of a web page that are looked through.
MARKUP_LIMIT = 2_000_000


class Kind(enum.StrEnum):
    PICTURE = "picture"
    UNKNOWN_PICTURE = "unknown_picture"
    PDF = "pdf"
    OFFICE = "office"
    TEXT = "text"
    MARKUP = "markup"
    AUDIO = "audio"
    VIDEO = "video"
    ARCHIVE = "archive"
    PROGRAM = "program"
    OTHER = "other"


@dataclass(frozen=True)
class Looked:
    """`suffixes`: the extensions that fit, the usual one first; empty where any will do.

    `faults` (each a reason to refuse): `two_in_one`, `active`, `macros`, `bomb`, `program_inside`.
    `cautions`: `incomplete`, `encrypted`, `scripts`.
    """

    kind: Kind
    media_type: str = "application/octet-stream"
    suffixes: tuple[str, ...] = ()
    faults: frozenset[str] = frozenset()
    cautions: frozenset[str] = frozenset()


# (offset, bytes, kind, media type, suffixes)
_MAGIC: tuple[tuple[int, bytes, Kind, str, tuple[str, ...]], ...] = (
    (0, b"\xff\xd8\xff", Kind.PICTURE, "image/jpeg", ("jpg", "jpeg", "jpe")),
    (0, b"\x89PNG\r\n\x1a\n", Kind.PICTURE, "image/png", ("png",)),
    (0, b"GIF87a", Kind.PICTURE, "image/gif", ("gif",)),
    (0, b"GIF89a", Kind.PICTURE, "image/gif", ("gif",)),
    (0, b"II*\0", Kind.PICTURE, "image/tiff", ("tif", "tiff")),
    (0, b"MM\0*", Kind.PICTURE, "image/tiff", ("tif", "tiff")),
    (8, b"WEBP", Kind.PICTURE, "image/webp", ("webp",)),
    (0, b"\xff\x0a", Kind.UNKNOWN_PICTURE, "image/jxl", ("jxl",)),
    (0, b"\0\0\0\x0cJXL ", Kind.UNKNOWN_PICTURE, "image/jxl", ("jxl",)),
    (0, b"\0\0\0\x0cjP  ", Kind.UNKNOWN_PICTURE, "image/jp2", ("jp2",)),
    (0, b"8BPS", Kind.UNKNOWN_PICTURE, "image/vnd.adobe.photoshop", ("psd",)),
    (0, b"\xd7\xcd\xc6\x9a", Kind.UNKNOWN_PICTURE, "image/wmf", ("wmf",)),
    (40, b" EMF", Kind.UNKNOWN_PICTURE, "image/emf", ("emf",)),
    (8, b"WAVE", Kind.AUDIO, "audio/wav", ("wav",)),
    (8, b"AVI ", Kind.VIDEO, "video/x-msvideo", ("avi",)),
    (0, b"ID3", Kind.AUDIO, "audio/mpeg", ("mp3",)),
    (0, b"\xff\xfb", Kind.AUDIO, "audio/mpeg", ("mp3",)),
    (0, b"\xff\xf3", Kind.AUDIO, "audio/mpeg", ("mp3",)),
    (0, b"\xff\xf1", Kind.AUDIO, "audio/aac", ("aac",)),
    (0, b"OggS", Kind.AUDIO, "audio/ogg", ("ogg", "oga", "opus", "ogv")),
    (0, b"fLaC", Kind.AUDIO, "audio/flac", ("flac",)),
    (0, b"#!AMR", Kind.AUDIO, "audio/amr", ("amr",)),
    (0, b"#!SILK", Kind.AUDIO, "audio/silk", ("silk",)),
    (0, b"\x02#!SILK", Kind.AUDIO, "audio/silk", ("silk",)),
    (0, b"caff", Kind.AUDIO, "audio/x-caf", ("caf",)),
    (0, b"\x1aE\xdf\xa3", Kind.VIDEO, "video/webm", ("webm", "mkv")),
    (0, b"FLV\x01", Kind.VIDEO, "video/x-flv", ("flv",)),
    (0, b"0&\xb2u\x8ef\xcf\x11", Kind.VIDEO, "video/x-ms-asf", ("wmv", "wma", "asf")),
    (0, b"\0\0\x01\xba", Kind.VIDEO, "video/mpeg", ("mpg", "mpeg")),
    (0, b"Rar!\x1a\x07", Kind.ARCHIVE, "application/vnd.rar", ("rar",)),
    (0, b"7z\xbc\xaf\x27\x1c", Kind.ARCHIVE, "application/x-7z-compressed", ("7z",)),
    (0, b"\x1f\x8b", Kind.ARCHIVE, "application/gzip", ("gz", "tgz")),
    (0, b"BZh", Kind.ARCHIVE, "application/x-bzip2", ("bz2",)),
    (0, b"\xfd7zXZ\0", Kind.ARCHIVE, "application/x-xz", ("xz",)),
    (0, b"(\xb5/\xfd", Kind.ARCHIVE, "application/zstd", ("zst",)),
    (257, b"ustar", Kind.ARCHIVE, "application/x-tar", ("tar",)),
    (0, b"\x7fELF", Kind.PROGRAM, "application/x-elf", ()),
    (0, b"\xfe\xed\xfa\xce", Kind.PROGRAM, "application/x-mach-binary", ()),
    (0, b"\xfe\xed\xfa\xcf", Kind.PROGRAM, "application/x-mach-binary", ()),
    (0, b"\xce\xfa\xed\xfe", Kind.PROGRAM, "application/x-mach-binary", ()),
    (0, b"\xcf\xfa\xed\xfe", Kind.PROGRAM, "application/x-mach-binary", ()),
    (0, b"\xca\xfe\xba\xbe", Kind.PROGRAM, "application/java-vm", ()),
    (0, b"dex\n", Kind.PROGRAM, "application/vnd.android.dex", ()),
    (0, b"\0asm", Kind.PROGRAM, "application/wasm", ()),
    (0, b"!<arch>", Kind.PROGRAM, "application/x-archive", ()),
    (0, b"L\0\0\0\x01\x14\x02\0", Kind.PROGRAM, "application/x-ms-shortcut", ()),
    (0, b"ITSF", Kind.PROGRAM, "application/vnd.ms-htmlhelp", ()),
    (0, b"MSCF", Kind.PROGRAM, "application/vnd.ms-cab-compressed", ()),
    (32769, b"CD001", Kind.PROGRAM, "application/x-iso9660-image", ()),
)  # fmt: skip

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"}
_AUDIO_BRANDS = {b"M4A ", b"M4B "}
_ACTIVE = re.compile(
    r"<\s*(?:\w+:)?(?:script|iframe|frame|object|embed|applet|form|base|link|foreignobject|handler|set|animate)\b"
    r"|http-equiv\s*=|[\s\"'/]on[a-z]{3,}\s*=|(?:java|vb)script\s*:|data\s*:\s*text/html"
    r"|<!entity|<!\[cdata\[|<\?xml-stylesheet|@import|expression\s*\(",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"&#(x[0-9a-f]{1,6}|\d{1,7});?", re.IGNORECASE)
_MARKUP_START = re.compile(r"\s*<(?:[!?]|[a-z][a-z0-9:]*[\s>/])", re.IGNORECASE)
_SVG = re.compile(r"<(?:\w+:)?svg[\s>]", re.IGNORECASE)
_RUNS = """app apk appx bat chm class cmd com cpl dll dmg exe gadget hta img inf iso jar js jse lnk mjs msc msi msix
msp ocx pif ps1 reg scf scr settingcontent-ms sh sys url vb vbe vbs vhd vhdx wasm ws wsf wsh xll"""
#: Extensions of what runs when it is opened.
PROGRAM_SUFFIXES = frozenset(_RUNS.split())
MACRO_SUFFIXES = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "ppam"})
MARKUP_SUFFIXES = frozenset(
    {"htm", "html", "xht", "xhtml", "mht", "mhtml", "xml", "xsl", "xslt", "svg", "svgz"}
)
_MSI_CLASS = bytes.fromhex("84100c0000000000c000000000000046")


def look(data: bytes) -> Looked:
    """What `data` is, with the faults and cautions found in its structure."""
    found = _by_magic(data)
    if found is not None:
        return found
    text = as_text(data)
    return _text(text) if text is not None else Looked(Kind.OTHER, faults=_tail_faults(data))


def _by_magic(data: bytes) -> Looked | None:
    if data[:2] == b"PK" and data[2:4] in (b"\x03\x04", b"\x05\x06", b"\x07\x08"):
        return _zip(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _ole(data)
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    if (
        data[:2] == b"BM"
        and data[6:10] == bytes(4)
        and data[14:15] in (b"\x0c", b"\x28", b"\x34", b"\x38", b"\x40", b"\x6c", b"\x7c")
    ):
        return Looked(Kind.PICTURE, "image/bmp", ("bmp",))
    if b"%PDF-" in data[:1024] and not _only_mentions_pdf(data):
        return _pdf(data)
    if data[:2] in (b"MZ", b"ZM") and as_text(data) is None:
        return Looked(Kind.PROGRAM, "application/vnd.microsoft.portable-executable")
    for offset, magic, kind, media_type, suffixes in _MAGIC:
        if data[offset : offset + len(magic)] != magic or (offset == 8 and data[:4] != b"RIFF"):
            continue
        if kind is not Kind.PICTURE and magic.isascii() and as_text(data) is not None:
            continue  # a letter may begin with any word
        faults = frozenset() if kind is Kind.PICTURE else _tail_faults(data)
        if media_type == "application/gzip" and _is_gzip_bomb(data):
            faults |= {"bomb"}
        return Looked(kind, media_type, suffixes, faults)
    if data[:5] == b"{\\rtf":
        faults = frozenset({"macros"} if b"\\objdata" in data or b"\\objautlink" in data else ())
        return Looked(Kind.OFFICE, "application/rtf", ("rtf", "doc"), faults)
    return None


def _only_mentions_pdf(data: bytes) -> bool:
    return not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-") and as_text(data) is not None


def _pdf(data: bytes) -> Looked:
    faults = set(_tail_faults(data))
    start = data[:1024].index(b"%PDF-")
    # Readers accept a header further down; a file that begins as something else is two files.
    if data[:start].strip(b"\xef\xbb\xbf \t\r\n\0"):
        faults.add("two_in_one")
    if re.search(rb"<\s*(?:html|script|svg|\?php)", data[:1024], re.IGNORECASE):
        faults.add("two_in_one")
    cautions = set()
    if b"%%EOF" not in data[-2048:]:
        cautions.add("incomplete")
    if b"/Encrypt" in data:
        cautions.add("encrypted")
    if re.search(rb"/(?:JavaScript|JS|Launch|EmbeddedFile)\b", data):
        cautions.add("scripts")
    return Looked(Kind.PDF, "application/pdf", ("pdf",), frozenset(faults), frozenset(cautions))


def _iso_media(data: bytes) -> Looked:
    size = int.from_bytes(data[:4], "big")
    brands = {data[8:12]} | {data[at : at + 4] for at in range(16, min(size, 128), 4)}
    if data[8:12] in (b"avif", b"avis") or b"avif" in brands:
        return Looked(Kind.PICTURE, "image/avif", ("avif",))
    if data[8:12] in _HEIF_BRANDS:
        return Looked(Kind.PICTURE, "image/heic", ("heic", "heif", "hif"))
    faults = _tail_faults(data)
    if data[8:12] in _AUDIO_BRANDS:
        return Looked(Kind.AUDIO, "audio/mp4", ("m4a", "mp4"), faults)
    return Looked(Kind.VIDEO, "video/mp4", ("mp4", "mov", "m4v", "3gp", "3g2", "m4a"), faults)


def _ole(data: bytes) -> Looked:
    def named(name: str) -> bool:
        return name.encode("utf-16-le") in data

    faults = set(_tail_faults(data))
    if named("_VBA_PROJECT") or named("VBA\0") or named("Macros\0"):
        faults.add("macros")
    if _MSI_CLASS in data:
        return Looked(Kind.PROGRAM, "application/x-msi")
    types = {"WordDocument": "application/msword", "Workbook": "application/vnd.ms-excel"}
    media_type = next((kind for name, kind in types.items() if named(name)), "application/x-ole-storage")
    suffixes = ("doc", "dot", "wps", "xls", "xlt", "et", "ppt", "pps", "dps", "msg", "vsd", "mpp", "pub")
    return Looked(Kind.OFFICE, media_type, suffixes, frozenset(faults))


@dataclass(frozen=True)
class _Entry:
    name: str
    unpacked: int
    is_encrypted: bool


def _end_of_zip(data: bytes) -> int:
    """Where the end record of a ZIP archive begins that ends with the file; -1 for none (APPNOTE 4.3.16)."""
    at = len(data)
    low = max(0, len(data) - 22 - 0xFFFF)
    while (at := data.rfind(b"PK\x05\x06", low, at)) >= 0:
        if at + 22 <= len(data) and at + 22 + struct.unpack_from("<H", data, at + 20)[0] == len(data):
            return at
    return -1


def _table(data: bytes, end: int) -> tuple[int, int, int]:
    """Of an archive's table of contents: where it stands, where it ends, where the archive says it stands."""
    size, offset = struct.unpack_from("<II", data, end + 12)
    stop = end
    if data[end - 20 : end - 16] == b"PK\x06\x07":  # ZIP64 (APPNOTE 4.3.14, 4.3.15)
        long = data.rfind(b"PK\x06\x06", 0, end)
        if 0 <= long <= end - 76:
            stop = long
            size, offset = struct.unpack_from("<QQ", data, long + 40)
    return max(stop - size, 0), stop, offset


def _entries(data: bytes, end: int) -> Iterator[_Entry]:
    at, stop, _ = _table(data, end)
    while data[at : at + 4] == b"PK\x01\x02" and at + 46 <= stop:
        flags = struct.unpack_from("<H", data, at + 8)[0]
        _, unpacked, name, extra, comment = struct.unpack_from("<IIHHH", data, at + 20)
        raw = data[at + 46 : at + 46 + name]
        if unpacked == 0xFFFFFFFF:
            unpacked = _long_size(data[at + 46 + name : at + 46 + name + extra])
        words = raw.decode("utf-8" if flags & 0x800 else "gb18030", "replace")
        yield _Entry(words, unpacked, bool(flags & 1))
        at += 46 + name + extra + comment


def _long_size(extra: bytes) -> int:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == 1 and size >= 8 and at + 12 <= len(extra):
            return int(struct.unpack_from("<Q", extra, at + 4)[0])
        at += 4 + size
    return 0xFFFFFFFF


def _zip(data: bytes) -> Looked:
    end = _end_of_zip(data)
    if end < 0:
        return Looked(Kind.ARCHIVE, "application/zip", ("zip",), cautions=frozenset({"incomplete"}))
    faults: set[str] = set()
    start, _, said = _table(data, end)
    if start != said:
        faults.add("two_in_one")  # something stands before the archive that its own table does not know
    names: list[str] = []
    unpacked = 0
    is_encrypted = False
    for entry in _entries(data, end):
        names.append(entry.name.replace("\\", "/"))
        unpacked += entry.unpacked
        is_encrypted |= entry.is_encrypted
        if len(names) > ZIP_ENTRIES or _is_bomb(len(data), unpacked):
            faults.add("bomb")
            break
    cautions = frozenset({"encrypted"} if is_encrypted else ())
    media_type, suffixes, kind = _zip_type(data, names)
    lower = [name.lower() for name in names]
    if any(n.endswith("vbaproject.bin") or "/macrosheets/" in n or n.startswith("basic/") for n in lower):
        faults.add("macros")
    if kind is Kind.ARCHIVE and any(name.rpartition(".")[2] in PROGRAM_SUFFIXES for name in lower):
        faults.add("program_inside")
    return Looked(kind, media_type, suffixes, frozenset(faults), cautions)


def _zip_type(data: bytes, names: list[str]) -> tuple[str, tuple[str, ...], Kind]:
    inside = set(names)
    if "META-INF/MANIFEST.MF" in inside or "AndroidManifest.xml" in inside:
        return "application/java-archive", (), Kind.PROGRAM
    if "[Content_Types].xml" in inside:
        office = "application/vnd.openxmlformats-officedocument."
        for folder, kind, suffix in (
            ("word/", "wordprocessingml.document", "docx"),
            ("xl/", "spreadsheetml.sheet", "xlsx"),
            ("ppt/", "presentationml.presentation", "pptx"),
        ):
            if any(name.startswith(folder) for name in names):
                return office + kind, (suffix,), Kind.OFFICE
    if names[:1] == ["mimetype"]:
        kind = data[38:120].partition(b"PK")[0].decode("ascii", "replace")
        for name, suffix in (
            ("text", "odt"),
            ("spreadsheet", "ods"),
            ("presentation", "odp"),
            ("graphics", "odg"),
        ):
            if kind == f"application/vnd.oasis.opendocument.{name}":
                return kind, (suffix,), Kind.OFFICE
    return "application/zip", ("zip", "ofd", "epub", "kmz"), Kind.ARCHIVE


def _is_bomb(size: int, unpacked: int) -> bool:
    return unpacked > UNPACKED_LIMIT or (unpacked > UNPACKED_FREE and unpacked > size * BOMB_RATIO)


def _is_gzip_bomb(data: bytes) -> bool:
    return len(data) > 18 and _is_bomb(len(data), int.from_bytes(data[-4:], "little"))


def _tail_faults(data: bytes) -> frozenset[str]:
    """A ZIP archive at the end of something else opens as an archive too (GIFAR and its kin)."""
    end = _end_of_zip(data)
    is_zip = end >= 0 and any(True for _ in _entries(data, end))
    return frozenset({"two_in_one"} if is_zip else ())


def as_text(data: bytes) -> str | None:
    """`data` as text (UTF-8, UTF-16 with its mark, GB 18030), or None where it is none."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if re.search("[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]", text) else text
    return None


def _text(text: str) -> Looked:
    plain = ("txt", "csv", "tsv", "log", "md", "json", "eml", "vcf", "ics", "srt")
    if text.startswith("#!"):
        return Looked(Kind.PROGRAM, "text/x-shellscript")
    if not _MARKUP_START.match(text):
        return Looked(Kind.TEXT, "text/plain", plain)
    if _SVG.search(text):
        kind, media_type = Kind.UNKNOWN_PICTURE, "image/svg+xml"
    else:
        kind, media_type = Kind.MARKUP, "text/html"
    if len(text) > MARKUP_LIMIT:  # nobody writes such a page by hand, and looking through it takes long
        return Looked(kind, media_type, ("txt",), frozenset({"active"}))
    unmasked = _NUMBERED.sub(_numbered, text).replace("\0", "")
    is_active = _ACTIVE.search(unmasked) or _ACTIVE.search(
        re.sub(r"[\s\x00-\x1f]+", "", unmasked).replace("<", " <")
    )
    return Looked(kind, media_type, ("txt",), frozenset({"active"} if is_active else ()))


def _numbered(match: re.Match[str]) -> str:
    digits = match[1].lower()
    number = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""
