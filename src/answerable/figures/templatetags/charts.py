"""Charts as tags: `{% load charts %}`; the page links `ui/charts.css` in its `head` block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from answerable.figures.charts import Chart, sparks

register = template.Library()


@register.inclusion_tag("charts/chart.html")
def chart(one: Chart, *, folded: bool = False, level: int = 2) -> dict[str, Any]:
    """`{% chart one %}`: the drawing and its table. `folded`: the table opens on a click. `level` of its heading."""
    drawn = "" if one.is_empty else one.svg()
    return {"chart": one, "svg": mark_safe(drawn), "folded": folded and drawn, "heading": f"h{level}"}


@register.simple_tag
def spark(numbers: Sequence[float | None], says: str) -> SafeString:
    """`{% spark numbers says %}`: a line the size of a word; `says` is read out instead of it."""
    return mark_safe(sparks.spark(numbers, says))
