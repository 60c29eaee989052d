"""Pictures: only visible pixels stay, what is blurred is gone, and a bomb costs one helper process."""

from __future__ import annotations

import base64
import io
import os
import struct
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from answerable.core import images, pixels

SECRET = b"SECRET-PLACE-31.2304N"

# 64x48, blue left and red right, with Exif; made with an HEVC encoder, which the product does not carry.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAAAA"
    "AERAAAIAAQAAAAAB4gABAAAAAAAAADsAAgAAAAACHQABAAAAAAAAADIAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZl"
    "AgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH/"
    "/wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29s"
    "cm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAA"
    "AwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAdW1kYXQAAAA3KAGvWOb06r//65D5H4fp/9a8"
    "/V/6q+v+0Mev7H/2btEtgZ/I7DxqRQa2PRT3nwg4eEyF6NJXYAAAAAZFeGlmAABNTQAqAAAACAABAQ4AAgAAAA0AAAAaAAAAAHNlY3JldCBwbGFj"
    "ZQAA"
)


def picture(width: int = 60, height: int = 40, mode: str = "RGB") -> Image.Image:
    """Left half blue, right half red."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    image.paste((20, 60, 200), (0, 0, width // 2, height))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[0x010E] = SECRET.decode()
    tags[0x0112] = orientation
    tags.get_ifd(0x8825)[2] = (31.0, 13.0, 49.0)
    return tags


def text_chunks() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET.decode()}</x>", zip=True)
    return info


def reopened(kept: images.Kept) -> Image.Image:
    image = Image.open(io.BytesIO(kept.data))
    image.load()
    return image


def is_blue(pixel: object) -> bool:
    return isinstance(pixel, tuple) and pixel[2] > 120 > pixel[0]


MAKERS: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: saved(
        picture(), "JPEG", exif=exif(), comment=SECRET, xmp=SECRET, icc_profile=SECRET * 20
    ),
    "png": lambda: saved(picture(), "PNG", pnginfo=text_chunks(), exif=exif()),
    "webp": lambda: saved(picture(), "WEBP", exif=exif().tobytes(), xmp=SECRET),
    "gif": lambda: saved(picture(mode="P"), "GIF", comment=SECRET),
    "tiff": lambda: saved(picture(), "TIFF", description=SECRET.decode(), exif=exif()),
    "bmp": lambda: saved(picture(), "BMP") + SECRET,
    "avif": lambda: saved(picture(), "AVIF", exif=exif().tobytes(), xmp=SECRET),
    "grey": lambda: saved(picture(mode="L"), "PNG"),
    "bitmap": lambda: saved(picture(mode="1"), "TIFF"),
    "palette": lambda: saved(picture(mode="P"), "PNG"),
    "cmyk": lambda: saved(picture(mode="CMYK"), "JPEG"),
    "heic": lambda: HEIC,
}


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_is_written_anew_without_anything_but_its_pixels(kind: str) -> None:
    original = MAKERS[kind]()
    kept = images.reencode(original)
    image = reopened(kept)
    assert image.size == (kept.width, kept.height)
    assert image.size in {(60, 40), (64, 48)}
    assert kept.media_type in {"image/png", "image/jpeg"}
    assert SECRET not in kept.data
    assert b"secret place" not in kept.data
    assert not image.getexif()
    assert not set(image.info) & {
        "exif",
        "xmp",
        "icc_profile",
        "comment",
        "Comment",
        "XML:com.adobe.xmp",
        "photoshop",
    }
    if image.mode == "RGB":
        assert is_blue(image.getpixel((5, 20)))
        assert not is_blue(image.getpixel((55, 20)))


def test_no_chunk_or_marker_but_the_necessary_ones_is_in_the_file() -> None:
    png = images.reencode(MAKERS["png"]()).data
    chunks, at = [], 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        chunks.append(name)
        at += 12 + length
    assert set(chunks) == {b"IHDR", b"IDAT", b"IEND"}
    jpeg = images.reencode(MAKERS["jpeg"]()).data
    markers, at = [], 2
    while jpeg[at + 1] != 0xDA:
        markers.append(jpeg[at + 1])
        at += 2 + struct.unpack(">H", jpeg[at + 2 : at + 4])[0]
    assert set(markers) <= {0xE0, 0xDB, 0xC0, 0xC2, 0xC4}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photograph_stands_upright(orientation: int) -> None:
    kept = images.reencode(saved(picture(), "JPEG", exif=exif(orientation)))
    image = reopened(kept)
    assert image.size == ((60, 40) if orientation < 5 else (40, 60))
    blue_corner = {
        1: (5, 5),
        2: (55, 5),
        3: (55, 35),
        4: (5, 35),
        5: (5, 5),
        6: (5, 5),
        7: (5, 55),
        8: (5, 55),
    }
    assert is_blue(image.getpixel(blue_corner[orientation]))
    assert ("turned" in kept.changes) == (orientation != 1)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_a_moving_picture_the_first_frame_stays_and_it_is_said(kind: str) -> None:
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("blue", "red", "green")]
    kept = images.reencode(saved(frames[0], kind, save_all=True, append_images=frames[1:]))
    image = reopened(kept)
    assert getattr(image, "n_frames", 1) == 1
    assert is_blue(image.convert("RGB").getpixel((3, 3)))
    assert "first_frame" in kept.changes


def test_a_scan_of_several_pages_is_not_cut_to_its_first() -> None:
    pages = [picture(), picture()]
    with pytest.raises(images.CannotReadPicture) as refused:
        images.reencode(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert refused.value.code == "several_pages"
    assert "as a PDF" in str(refused.value)


def test_what_a_transparent_pixel_hides_is_not_kept() -> None:
    hidden = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    image = reopened(images.reencode(saved(hidden, "PNG")))
    assert image.mode == "RGB"
    assert image.getcolors() == [(400, (255, 255, 255))]


def test_sixteen_bits_become_eight_without_losing_the_picture() -> None:
    deep = Image.frombytes("I;16", (2, 1), struct.pack("<2H", 0x1000, 0xF000))
    image = reopened(images.reencode(saved(deep, "PNG")))
    assert [image.getpixel((0, 0)), image.getpixel((1, 0))] == [0x10, 0xF0]


def test_a_large_picture_is_made_smaller() -> None:
    kept = images.reencode(saved(Image.new("L", (6000, 300), 90), "PNG"))
    assert (kept.width, kept.height) == (5000, 250)
    assert "scaled" in kept.changes


def test_an_archive_glued_to_a_picture_is_gone() -> None:
    for original in (MAKERS["gif"](), MAKERS["jpeg"](), MAKERS["png"]()):
        kept = images.reencode(original + b"PK\x03\x04" + b"<script>alert(1)</script>" * 10)
        assert b"PK\x03\x04" not in kept.data
        assert b"<script>" not in kept.data


def bomb_png(width: int, height: int, idat: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "bomb",
    [
        bomb_png(65_000, 65_000, zlib.compress(bytes(1 << 20))),
        bomb_png(2**31 - 1, 2**31 - 1),
        b"GIF89a" + struct.pack("<HH", 65535, 65535) + b"\x00\x00\x00;",
        b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0),
    ],
)  # fmt: skip
def test_a_picture_that_unpacks_to_too_many_pixels_is_refused_before_it_is_unpacked(bomb: bytes) -> None:
    with pytest.raises(images.CannotReadPicture) as refused:
        images.reencode(bomb)
    assert refused.value.code in {"too_many_pixels", "damaged"}


def test_the_sentence_says_how_large_a_picture_may_be() -> None:
    with pytest.raises(images.CannotReadPicture) as refused:
        images.reencode(saved(Image.new("1", (9000, 9000)), "PNG"))
    assert "81 megapixels" in str(refused.value)
    assert "up to 50" in str(refused.value)


def test_a_text_bomb_in_a_picture_costs_little() -> None:
    info = PngImagePlugin.PngInfo()
    info.add(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(200 << 20), 9))
    original = saved(picture(), "PNG", pnginfo=info)
    assert len(original) < 1 << 20
    with pytest.raises(images.CannotReadPicture) as refused:
        images.reencode(original)
    assert refused.value.code == "damaged"


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif", "heic"])
def test_a_picture_cut_short_is_refused_with_a_sentence(kind: str) -> None:
    whole = MAKERS[kind]()
    for part in (0.3, 0.8):
        with pytest.raises(images.CannotReadPicture) as refused:
            images.reencode(whole[: int(len(whole) * part)])
        assert refused.value.code == "damaged"
        assert "send it again" in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"not a picture", b"%PDF-1.7", b"P6 1 1 255 abc"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(images.CannotReadPicture):
        images.reencode(data)


def test_a_picture_that_needs_too_much_memory_or_time_ends_its_helper_only() -> None:
    large = saved(Image.new("RGB", (5000, 4000), "teal"), "JPEG")
    tight = images.Bounds(memory=150 << 20)
    with pytest.raises(images.CannotReadPicture) as refused:
        images.reencode(large, tight)
    assert refused.value.code == "too_heavy"
    with pytest.raises(images.CannotReadPicture) as refused:
        images.reencode(large, images.Bounds(wall_s=0.01))
    assert refused.value.code == "too_heavy"
    assert images.reencode(MAKERS["jpeg"]()).width == 60


def test_the_helper_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}
    real = images.subprocess.run

    def watched(args: list[str], **more: object) -> object:
        seen.update(more, args=args)
        return real(args, **more)

    monkeypatch.setenv("ANSWERABLE_DATABASE_URL", os.environ.get("ANSWERABLE_DATABASE_URL", "x"))
    monkeypatch.setattr(images.subprocess, "run", watched)
    images.reencode(MAKERS["png"]())
    assert set(seen["env"]) == {"MALLOC_ARENA_MAX", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"}  # type: ignore[call-overload]
    assert "-I" in seen["args"]  # type: ignore[operator]


# Blurring


def checkered(size: int = 120) -> Image.Image:
    image = Image.new("RGB", (size, size))
    image.putdata(
        [((x * 37) % 256, (y * 59) % 256, ((x ^ y) * 3) % 256) for y in range(size) for x in range(size)]
    )
    return image


def test_a_blurred_box_keeps_at_most_nine_averages_and_the_rest_is_untouched() -> None:
    before = checkered()
    after = pixels.blur(before, [pixels.Box(0.25, 0.25, 0.5, 0.5)], [])
    inside = [(x, y) for x in range(30, 90) for y in range(30, 90)]
    outside = [(x, y) for x in range(120) for y in range(120) if (x, y) not in set(inside)]
    assert all(before.getpixel(at) == after.getpixel(at) for at in outside)
    assert sum(before.getpixel(at) == after.getpixel(at) for at in inside) < len(inside) // 50


def test_two_pictures_with_the_same_averages_are_blurred_alike() -> None:
    """What is left depends on averages alone: the finer pattern under it cannot be told apart."""
    fine = Image.new("L", (96, 96))
    fine.putdata([255 * ((x // 2 + y // 2) % 2) for y in range(96) for x in range(96)])
    other = Image.new("L", (96, 96))
    other.putdata([255 * ((x // 4) % 2) for y in range(96) for x in range(96)])
    whole = [pixels.Box(0, 0, 1, 1)]
    assert pixels.blur(fine, whole, []).tobytes() == pixels.blur(other, whole, []).tobytes()
    assert fine.tobytes() != other.tobytes()


def test_a_brush_blurs_along_its_line_and_not_beside_it() -> None:
    before = checkered()
    after = pixels.blur(before, [], [pixels.Stroke(((0.1, 0.5), (0.9, 0.5)), 0.05)])
    on_line = [(x, 60) for x in range(12, 108)]
    assert sum(before.getpixel(at) == after.getpixel(at) for at in on_line) < 5
    assert all(
        before.getpixel((x, y)) == after.getpixel((x, y))
        for x in range(120)
        for y in (*range(50), *range(71, 120))
    )


unit = st.floats(-0.5, 1.5, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(unit, unit, unit, unit), max_size=4),
    st.lists(st.tuples(st.lists(st.tuples(unit, unit), max_size=4), st.floats(0, 0.5)), max_size=3),
)
def test_any_marks_are_taken_and_the_size_stays(
    boxes: list[tuple[float, float, float, float]], strokes: list[tuple[list[tuple[float, float]], float]]
) -> None:
    image = picture(37, 23)
    after = pixels.blur(
        image,
        [pixels.Box(*box) for box in boxes],
        [pixels.Stroke(tuple(points), radius) for points, radius in strokes],
    )
    assert after.size == image.size
    assert image.tobytes() == picture(37, 23).tobytes()


def test_a_redacted_copy_comes_back_from_the_helper() -> None:
    kept = images.redact(
        saved(checkered(), "PNG"), [images.Box(0, 0, 0.5, 1)], [images.Stroke(((0.7, 0.7),), 0.1)]
    )
    after, before = reopened(kept), checkered()
    assert after.getpixel((110, 10)) == before.getpixel((110, 10))
    changed = sum(after.getpixel((x, y)) != before.getpixel((x, y)) for x in range(60) for y in range(120))
    assert changed > 7000
    assert after.getpixel((84, 84)) != before.getpixel((84, 84))
