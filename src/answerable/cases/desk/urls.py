"""Addresses of the desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from answerable.cases.counter import views as counter
from answerable.cases.desk.views import (
    case,
    decisions,
    exporting,
    files,
    lists,
    notices,
    outside,
    oversight,
    procedures,
    sampling,
    texts,
)

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.worklist, name="worklist"),
    path("notices", notices.notices, name="notices"),
    path("notices/seen", notices.mark_seen, name="notices_seen"),
    path("outside", outside.listed, name="outside_letters"),
    path("oversight", oversight.oversight, name="oversight"),
    path("search", lists.search, name="search"),
    path("filters", lists.filters, name="filters"),
    path("counts", lists.counts, name="counts"),
    path("give", lists.assign_many, name="assign_many"),
    path("views/save", lists.save_view, name="save_view"),
    path("views/<int:view_id>/drop", lists.drop_view, name="drop_view"),
    path("export", exporting.export, name="export"),
    path("texts", texts.listed, name="texts"),
    path("texts/new", texts.new, name="new_text"),
    path("texts/<int:text_id>", texts.edit, name="edit_text"),
    path("texts/<int:text_id>/undo/<int:seen>", texts.undo, name="undo_text"),
    path("texts/<int:text_id>/retire", texts.retire, name="retire_text"),
    path("procedures", procedures.packs, name="packs"),
    path("procedures/<slug:code>", procedures.pack, name="pack"),
    path("record", sampling.sample, name="record"),
    path("record/open", sampling.opened, name="record_open"),
    path("record/export", sampling.export, name="record_export"),
    path("counter", counter.enter, name="counter"),
    path("counter/", include("answerable.cases.counter.urls")),
    path("case/<uuid:case_id>", case.show, name="case"),
    path("case/<uuid:case_id>/identity", case.look, name="look"),
    path("case/<uuid:case_id>/decision", decisions.write, name="decide"),
    path("case/<uuid:case_id>/decision/preview", decisions.preview, name="preview"),
    path("case/<uuid:case_id>/decision/<int:decision_id>.pdf", decisions.letter, name="letter"),
    path("case/<uuid:case_id>/out/<uuid:delivery_id>", outside.letter, name="outside_letter"),
    path("case/<uuid:case_id>/out/<uuid:delivery_id>/bundle", outside.bundle, name="outside_bundle"),
    path("case/<uuid:case_id>/files", files.add, name="add_files"),
    path("case/<uuid:case_id>/files/<uuid:file_id>", files.download, name="file"),
    path("case/<uuid:case_id>/files/<uuid:file_id>/picture", files.picture, name="picture"),
    path("case/<uuid:case_id>/files/<uuid:file_id>/proposals", files.proposals, name="proposals"),
    path("case/<uuid:case_id>/files/<uuid:file_id>/check", files.check, name="check_file"),
    path("case/<uuid:case_id>/receipt/<int:seq>", case.receipt, name="receipt"),
    path("case/<uuid:case_id>/undo/<slug:what>/<int:to>", case.undo, name="undo"),
    path("case/<uuid:case_id>/do/<slug:verb>", case.act, name="act"),
]
