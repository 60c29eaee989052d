"""What becomes of a picture: only its visible pixels stay, and what a human marked is made unreadable.

Pure functions on bytes and Pillow images. Called in the helper process (`picture_worker`), never in the
process that answers people: decoders of picture formats are where attackers start.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageCms, ImageDraw, ImageOps, UnidentifiedImageError

from answerable.core.sentences import N_, Said

#: 50 megapixels: more than a telephone's usual picture and than A3 at 300 dpi.
MAX_PIXELS = 50_000_000
#: Longest side of what is kept; a page of A4 at 400 dpi.
MAX_SIDE = 5000
#: Above this a lossless copy becomes a JPEG.
MAX_LOSSLESS = 8 << 20
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
#: Along the longer side of a blurred region this many averages are left: too few for a face or a number.
CELLS = 3


class CannotReadPicture(Said):
    """A picture that is not taken; the sentence says what to send instead."""

    sentences = {
        "damaged": N_(
            "This picture is damaged or did not arrive whole. Please send it again, or take a new photograph of it."
        ),
        "too_many_pixels": N_(
            "This picture has %(megapixels)s megapixels; up to %(limit)s can be taken. "
            "Please send a smaller copy, or photograph it in parts."
        ),
        "several_pages": N_(
            "This scan has %(pages)s pages in one picture file. Please send it as a PDF, so that no page is lost."
        ),
        "too_heavy": N_(
            "This picture takes too much work to open. Please send a screenshot or a new photograph of it."
        ),
    }


@dataclass(frozen=True)
class Box:
    """A rectangle to blur, in fractions of the shown picture's width and height, from its upper left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Stroke:
    """A brush stroke to blur: points in fractions of width and height, radius as a fraction of the longer side."""

    points: tuple[tuple[float, float], ...]
    radius: float


@dataclass(frozen=True)
class Kept:
    """A picture written anew. `changes`: of `turned`, `scaled`, `first_frame`, `flattened`. `covered`: how much of a
    redacted one was made unreadable, as a fraction."""

    data: bytes
    media_type: str
    width: int
    height: int
    changes: tuple[str, ...] = ()
    covered: float = 0.0


def written_anew(data: bytes) -> Kept:
    """The visible pixels of a picture in a file of our own: no metadata, no profile, no thumbnail, no other frame.

    Whatever else the bytes were (an archive glued to the end, a script in a comment) is not in the result.
    Raises `CannotReadPicture`.
    """
    image, changes = _opened(data)
    return _kept(image, image.info.get("answerable") == "lossless", changes)


def redacted(data: bytes, boxes: Sequence[Box], strokes: Sequence[Stroke]) -> Kept:
    """A copy with the marked regions made unreadable. Raises `CannotReadPicture`."""
    image, changes = _opened(data)
    lossless = image.info.get("answerable") == "lossless"
    kept = _kept(blur(image, boxes, strokes), lossless, changes)
    return replace(kept, covered=covered(image.size, boxes, strokes))


def opened(data: bytes) -> Image.Image:
    """The picture, upright, to be looked at by the detector. Raises `CannotReadPicture`."""
    return _opened(data)[0]


def covered(size: tuple[int, int], boxes: Iterable[Box], strokes: Iterable[Stroke]) -> float:
    """How much of a picture the regions cover together, as a fraction; measured on a small copy."""
    scale = 400 / max(size)
    small = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    sheet = Image.new("L", small, 0)
    for mask, frame in _regions(small, boxes, strokes):
        sheet.paste(255, frame[:2], mask)
    return sheet.histogram()[255] / (small[0] * small[1])


def blur(image: Image.Image, boxes: Iterable[Box], strokes: Iterable[Stroke]) -> Image.Image:
    """A copy of `image` (RGB or L) with every region replaced by at most 3 x 3 of its averages.

    A Gaussian blur or a fine mosaic can be undone where the choices are few (digits of a number plate);
    nine averages of a face cannot. The pixels underneath are gone, not covered.
    """
    result = image.copy()
    result.info.clear()
    for mask, frame in _regions(image.size, boxes, strokes):
        piece = image.crop(frame)
        longer = max(piece.size)
        cells = (max(1, round(CELLS * piece.width / longer)), max(1, round(CELLS * piece.height / longer)))
        coarse = piece.resize(cells, Image.Resampling.BOX).resize(piece.size, Image.Resampling.BILINEAR)
        result.paste(coarse, frame[:2], mask)
    return result


def _regions(
    size: tuple[int, int], boxes: Iterable[Box], strokes: Iterable[Stroke]
) -> Iterable[tuple[Image.Image, tuple[int, int, int, int]]]:
    """Each region as a mask (255 inside) and its frame in pixels; what lies outside the picture is left out."""
    width, height = size
    for box in boxes:
        shape = [box.x * width, box.y * height, (box.x + box.width) * width, (box.y + box.height) * height]
        frame = _frame(shape, size)
        if frame:
            yield Image.new("L", (frame[2] - frame[0], frame[3] - frame[1]), 255), frame
    for stroke in strokes:
        radius = max(stroke.radius * max(size), 1.0)
        points = [(x * width, y * height) for x, y in stroke.points]
        if not points:
            continue
        across, down = [x for x, _ in points], [y for _, y in points]
        frame = _frame(
            [min(across) - radius, min(down) - radius, max(across) + radius, max(down) + radius], size
        )
        if not frame:
            continue
        mask = Image.new("L", (frame[2] - frame[0], frame[3] - frame[1]), 0)
        draw = ImageDraw.Draw(mask)
        local = [(x - frame[0], y - frame[1]) for x, y in points]
        draw.line(local, fill=255, width=round(radius * 2))
        for x, y in local:
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
        yield mask, frame


def _frame(shape: Sequence[float], size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    # Rounded outwards: a marked edge is never left standing.
    left, upper = max(0, int(shape[0])), max(0, int(shape[1]))
    right, lower = min(size[0], int(-(-shape[2] // 1))), min(size[1], int(-(-shape[3] // 1)))
    return (left, upper, right, lower) if right > left and lower > upper else None


def _opened(data: bytes) -> tuple[Image.Image, tuple[str, ...]]:
    """The first frame, upright, in sRGB or grey, at most MAX_SIDE long; and what was changed for that."""
    _register_heif()
    Image.MAX_IMAGE_PIXELS = None  # our own check below comes first and refuses instead of warning
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            megapixels = -(-image.width * image.height // 1_000_000)
            raise CannotReadPicture("too_many_pixels", megapixels=megapixels, limit=MAX_PIXELS // 1_000_000)
        frames = getattr(image, "n_frames", 1)
        if image.format == "TIFF" and frames > 1:
            raise CannotReadPicture("several_pages", pages=frames)
        lossless = image.format in ("PNG", "GIF", "BMP", "TIFF")
        changes = ["first_frame"] if frames > 1 and image.format not in ("MPO", "JPEG") else []
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))
        image.load()
        return _normal(image, lossless, changes)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
    ) as e:
        raise CannotReadPicture("damaged") from e
    except (ArithmeticError, RuntimeError, AttributeError, NotImplementedError) as e:
        raise CannotReadPicture("damaged") from e


def _normal(image: Image.Image, lossless: bool, changes: list[str]) -> tuple[Image.Image, tuple[str, ...]]:
    if image.getexif().get(0x0112, 1) not in (0, 1):
        changes.append("turned")
    profile = image.info.get("icc_profile")
    # Made small before anything copies it: the helper's memory is bounded.
    image = _eight_bits(image)
    if max(image.size) > MAX_SIDE:
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        changes.append("scaled")
    ImageOps.exif_transpose(image, in_place=True)
    plain = _in_srgb(_flat(image, changes), profile)
    # A new image: nothing of the old one's `info` can reach the file.
    clean = Image.frombytes(plain.mode, plain.size, plain.tobytes())
    clean.info["answerable"] = "lossless" if lossless else "lossy"
    return clean, tuple(changes)


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode in ("I;16", "I;16L"):
        return Image.frombytes("L", image.size, image.tobytes()[1::2])
    if image.mode == "I;16B":
        return Image.frombytes("L", image.size, image.tobytes()[0::2])
    if image.mode in ("I", "F"):
        low, high = image.getextrema()
        span = (float(high) - float(low)) or 1.0  # type: ignore[arg-type]
        scaled = image.convert("F").point(lambda v: v * (255 / span) - float(low) * 255 / span)  # type: ignore[arg-type]
        return scaled.convert("L")
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _flat(image: Image.Image, changes: list[str]) -> Image.Image:
    """On white: what a transparent pixel hides is not kept, since nobody checked it."""
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        if coloured.getchannel("A").getextrema() == (255, 255):
            return coloured.convert("RGB")
        changes.append("flattened")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, coloured).convert("RGB")
    if image.mode in ("1", "L"):
        return image.convert("L")
    return image if image.mode in ("RGB", "CMYK") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return (
                ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
                or image
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that does not fit changes shades at most
    return image if image.mode in ("RGB", "L") else image.convert("RGB")


def _kept(image: Image.Image, lossless: bool, changes: tuple[str, ...]) -> Kept:
    image.info.clear()
    out = io.BytesIO()
    if lossless:
        image.save(out, "PNG", optimize=False, compress_level=6)
        if out.tell() <= MAX_LOSSLESS:
            return Kept(out.getvalue(), "image/png", image.width, image.height, changes)
        out = io.BytesIO()
    image.save(out, "JPEG", quality=88, optimize=True)
    return Kept(out.getvalue(), "image/jpeg", image.width, image.height, changes)


def _register_heif() -> None:
    try:
        import pi_heif
    except ImportError:  # no wheel for this system: HEIC pictures are answered with the sentence "damaged"
        return
    pi_heif.register_heif_opener(thumbnails=False)
