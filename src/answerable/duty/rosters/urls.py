"""Addresses of the roster pages, below /desk/duty/rosters/."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.duty.rosters.views import drafting, files, looking, mine, swapping

app_name = "rosters"

urlpatterns: list[URLPattern] = [
    path("", looking.overview, name="overview"),
    path("line/<int:line_id>", looking.line, name="line"),
    path("line/<int:line_id>/begin", drafting.begin, name="begin"),
    path("line/<int:line_id>/paper", files.paper, name="paper"),
    path("line/<int:line_id>/sheet", files.sheet_out, name="sheet_out"),
    path("line/<int:line_id>/apart", drafting.apart, name="apart"),
    path("apart/<int:apart_id>/end", drafting.end_apart, name="end_apart"),
    path("draft/<int:roster_id>", drafting.draft, name="draft"),
    path("draft/<int:roster_id>/cell", drafting.cell, name="cell"),
    path("draft/<int:roster_id>/move", drafting.move, name="move"),
    path("draft/<int:roster_id>/undo", drafting.undo, name="undo"),
    path("draft/<int:roster_id>/solve", drafting.solve, name="solve"),
    path("draft/<int:roster_id>/stop", drafting.stop, name="stop"),
    path("draft/<int:roster_id>/take", drafting.take, name="take"),
    path("draft/<int:roster_id>/progress", drafting.progress, name="progress"),
    path("draft/<int:roster_id>/publish", drafting.publish, name="publish"),
    path("draft/<int:roster_id>/drop", drafting.drop, name="drop"),
    path("draft/<int:roster_id>/sheet", files.draft_out, name="draft_out"),
    path("draft/<int:roster_id>/sheet/in", files.draft_in, name="draft_in"),
    path("mine", mine.mine, name="mine"),
    path("mine/wish", mine.wish, name="wish"),
    path("mine/calendar", mine.make_feed, name="make_feed"),
    path("mine/calendar/<int:calendar_id>/end", mine.end_feed, name="end_feed"),
    path("swaps", swapping.swaps, name="swaps"),
    path("swaps/ask/<int:assignment_id>", swapping.ask, name="ask"),
    path("swaps/<int:swap_id>/<slug:what>", swapping.decide, name="decide"),
]
