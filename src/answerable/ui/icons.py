"""The house's icons: drawn on a 24 px grid, 2 px strokes, round ends.

They are written into the page, so that the error page needs no second request and print keeps them.
Shapes of states come first: they must differ in outline, not only in colour (ISO 22324).
"""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SOLID = {
    "circle": '<circle cx="12" cy="12" r="9"/>',
    "ring": '<path d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 5a5 5 0 1 1 0 10 5 5 0 0 1 0-10z"/>',
    "triangle": '<path d="M12 2 23 21H1z"/>',
    "diamond": '<path d="M12 1 23 12 12 23 1 12z"/>',
    "square": '<rect x="3" y="3" width="18" height="18" rx="2"/>',
    "octagon": '<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z"/>',
    "half": '<path d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 4v12a6 6 0 0 1 0-12z"/>',
    "bars": '<path d="M4 3h6v18H4zM14 3h6v18h-6z"/>',
    "tick": '<path d="M9.2 20.4 1.6 12.8l3-3 4.6 4.6L19.4 4.2l3 3z"/>',
    "arrow": '<path d="M13 3.5 22 12l-9 8.5V15H2V9h11z"/>',
    "dash": '<rect x="2" y="9" width="20" height="6" rx="2"/>',
}

LINE = {
    "alert": '<path d="M12 3 22 20H2zM12 10v4M12 17.2v.1"/>',
    "back": '<path d="M15 5l-7 7 7 7"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4"/>',
    "book": '<path d="M4 5c3-1 6-1 8 1 2-2 5-2 8-1v14c-3-1-6-1-8 1-2-2-5-2-8-1zM12 6v14"/>',
    "case": '<path d="M5 3h9l5 5v13H5zM14 3v5h5M8 13h8M8 17h5"/>',
    "chart": '<path d="M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.5 2"/>',
    "cross": '<path d="M6 6l12 12M18 6 6 18"/>',
    "door": '<path d="M14 4h5v16h-5M3 12h11M10 8l4 4-4 4"/>',
    "down": '<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>',
    "eye": '<path d="M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7z"/><circle cx="12" cy="12" r="3"/>',
    "file": '<path d="M6 3h8l4 4v14H6zM14 3v4h4"/>',
    "gear": '<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1'
    'M16.3 16.3l2.1 2.1M18.4 5.6l-2.1 2.1M7.7 16.3l-2.1 2.1"/>',
    "home": '<path d="M4 11l8-7 8 7v9h-5v-6H9v6H4z"/>',
    "inbox": '<path d="M4 13l3-8h10l3 8v6H4zM4 13h5l1 3h4l1-3h5"/>',
    "keyboard": '<rect x="2" y="6" width="20" height="12" rx="2"/><path d="M6 10h.1M10 10h.1M14 10h.1M18 10h.1'
    'M8 14h8"/>',
    "language": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18"/>',
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4 6h.1M4 12h.1M4 18h.1"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "moon": '<path d="M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10z"/>',
    "next": '<path d="M9 5l7 7-7 7"/>',
    "pen": '<path d="M4 20l1-4L16 5l3 3L8 19zM14 7l3 3"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M15 5a3.5 3.5 0 0 1 0 6.5'
    'M17.5 14.5c2.5.7 3.7 2.6 4 5.5"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 21c.6-4.5 3.5-7 8-7s7.4 2.5 8 7"/>',
    "phone": '<path d="M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4c0 1-1 2-2 2C10 20 4 14 3 6c0-1 1-2 2-2z"/>',
    "pin": '<path d="M12 21c5-5 7-8.5 7-11a7 7 0 0 0-14 0c0 2.5 2 6 7 11z"/><circle cx="12" cy="10" r="2.5"/>',
    "print": '<path d="M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5 21 21"/>',
    "send": '<path d="M3 11 21 3l-7 18-3-8z"/>',
    "shield": '<path d="M12 3l8 3v6c0 4.5-3 7.5-8 9-5-1.5-8-4.5-8-9V6z"/>',
    "mute": '<path d="M4 9h4l5-4v14l-5-4H4zM16 9l5 6M21 9l-5 6"/>',
    "sound": '<path d="M4 9h4l5-4v14l-5-4H4zM16 9a4 4 0 0 1 0 6M18.5 6a8 8 0 0 1 0 12"/>',
    "star": '<path d="M12 3l2.7 5.8 6.3.8-4.6 4.4 1.2 6.3L12 17.2l-5.6 3.1 1.2-6.3L3 9.6l6.3-.8z"/>',
    "undo": '<path d="M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-4"/>',
    "up": '<path d="M12 20V5M6 11l6-6 6 6"/>',
}


def icon(name: str, *, label: str = "") -> SafeString:
    """An inline SVG. Without `label` it is hidden from screen readers. Raises KeyError for an unknown name."""
    shape, kind = (SOLID[name], "icon icon-solid") if name in SOLID else (LINE[name], "icon")
    body = mark_safe(shape)  # our own constants
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', kind, label, body
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>', kind, body
    )
