"""Charts drawn on the server: accessible SVG, labelled directly, starting at zero, each with its table."""

from answerable.figures.charts.lying import rows
from answerable.figures.charts.maps import Spot, dots
from answerable.figures.charts.parts import Chart, Label, Series, Tone, Value, value
from answerable.figures.charts.sparks import spark
from answerable.figures.charts.upright import columns, stacked

__all__ = [
    "Chart",
    "Label",
    "Series",
    "Spot",
    "Tone",
    "Value",
    "columns",
    "dots",
    "rows",
    "spark",
    "stacked",
    "value",
]
