"""Addresses of the duty pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from answerable.duty.views import absences, lines, now, people, room, standby

app_name = "duty"

urlpatterns: list[URLPattern] = [
    path("", now.now, name="now"),
    path("board", now.board, name="board"),
    path("coverage", now.coverage, name="coverage"),
    path("absence", absences.absence, name="absence"),
    path("absence/<int:absence_id>/take-back", absences.take_back, name="take_back"),
    path("lines", lines.lines, name="lines"),
    path("lines/new", lines.new_line, name="new_line"),
    path("lines/<int:line_id>", lines.line, name="line"),
    path("lines/<int:line_id>/change", lines.change_line, name="change_line"),
    path("lines/<int:line_id>/close", lines.close_line, name="close_line"),
    path("lines/<int:line_id>/coverage", now.line_coverage, name="line_coverage"),
    path("lines/<int:line_id>/history", lines.history, name="history"),
    path("lines/<int:line_id>/log", room.line_log, name="line_log"),
    path("lines/<int:line_id>/roles/new", lines.edit_role, name="new_role"),
    path("lines/<int:line_id>/roles/<int:role_id>", lines.edit_role, name="role"),
    path("lines/<int:line_id>/roles/<int:role_id>/remove", lines.remove_role, name="remove_role"),
    path("lines/<int:line_id>/patterns/new", lines.edit_pattern, name="new_pattern"),
    path("lines/<int:line_id>/patterns/<int:pattern_id>", lines.edit_pattern, name="pattern"),
    path("lines/<int:line_id>/patterns/<int:pattern_id>/end", lines.end_pattern, name="end_pattern"),
    path("lines/<int:line_id>/more/new", lines.new_extra, name="new_extra"),
    path("lines/<int:line_id>/more/<int:extra_id>/remove", lines.remove_extra, name="remove_extra"),
    path("lines/<int:line_id>/people/new", people.edit_person, name="new_person"),
    path("lines/<int:line_id>/people/several", people.add_people, name="add_people"),
    path("lines/<int:line_id>/people/<int:person_id>", people.edit_person, name="person"),
    path("lines/<int:line_id>/qualify", people.qualify, name="qualify"),
    path("shift/<int:shift_id>", room.shift, name="shift"),
    path("shift/<int:shift_id>/log", room.log, name="log"),
    path("shift/<int:shift_id>/log/print", room.print_log, name="print_log"),
    path("shift/<int:shift_id>/log/write", room.write, name="write"),
    path("shift/<int:shift_id>/log/<uuid:entry_id>/<slug:what>", room.mark, name="mark"),
    path("shift/<int:shift_id>/leave", room.leave, name="leave"),
    path("shift/<int:shift_id>/take", room.take, name="take"),
    path("stands/<int:assignment_id>/take-out", room.take_out, name="take_out"),
    path("standby", standby.standby, name="standby"),
    path("standby/new", standby.new_item, name="new_item"),
    path("standby/<int:item_id>", standby.item, name="item"),
    path("standby/<int:item_id>/change", standby.change_item, name="change_item"),
    path("standby/<int:item_id>/<slug:state>", standby.move, name="move"),
]
