"""QR codes as SVG, for paper and for pages."""

from __future__ import annotations

import io
from typing import Literal

import segno

Robustness = Literal["l", "m", "q", "h"]

QUIET_ZONE = 4  # modules; ISO/IEC 18004 asks for four on every side


class TooMuchForQr(ValueError):
    """The payload does not fit into the largest symbol (2,953 bytes at robustness "l")."""


def svg(payload: str | bytes, *, robustness: Robustness = "m", title: str = "") -> str:
    """A QR code as an `<svg>` element: black modules on white, quiet zone included, scaled by its viewBox.

    The caller answers for what is in it: a QR code is read by whoever sees the paper, so no secret goes in.
    `title` becomes the `<title>` of the image, for screen readers. There is no style attribute, no script
    and no reference to anything outside, so a page may inline it under a strict content policy.

    Raises `TooMuchForQr` if the payload does not fit.
    """
    try:
        code = segno.make(payload, error=robustness, micro=False, boost_error=False)
    except segno.DataOverflowError as overflow:
        raise TooMuchForQr(f"{len(payload)} characters do not fit into a QR code.") from overflow
    out = io.BytesIO()
    code.save(
        out,
        kind="svg",
        border=QUIET_ZONE,
        xmldecl=False,
        nl=False,
        omitsize=True,
        light="#fff",
        title=title or None,
        svgclass="qr",
        lineclass=None,
    )
    return out.getvalue().decode()
