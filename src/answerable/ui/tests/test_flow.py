"""Sentences next to each other: a space where the script has one, none after a full-width mark; typed words stay as typed."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from answerable.ui.errors import Typed
from answerable.ui.flow import SEAM, flowed, in_a_row, with_seams


@pytest.mark.parametrize(
    ("sentences", "said"),
    [
        (["It came in.", "Somebody reads it."], "It came in. Somebody reads it."),
        (["已收到。", "有人会看。"], "已收到。有人会看。"),
        (["已收到。", "", "Somebody reads it.", "请稍候。"], "已收到。Somebody reads it. 请稍候。"),
        (["已收到", "有人会看"], "已收到 有人会看"),
        ([], ""),
    ],
)
def test_sentences_in_a_row(sentences, said):
    assert in_a_row(sentences) == said


@pytest.mark.parametrize(
    ("between", "said"),
    [
        ("已收到。{} {}请稍候。", "已收到。请稍候。"),
        ("<strong>已收到。</strong>{} {}<a>看</a>", "<strong>已收到。</strong><a>看</a>"),
        ("诉求：{} {}换灯", "诉求：换灯"),
        ("Done.{} {}Next.", "Done. Next."),
        ("已收到。{} {}{} {}请稍候。", "已收到。请稍候。"),  # nothing stands between two seams
        ("</td>{} {}<td>", "</td> <td>"),
    ],
)
def test_a_seam_is_decided_by_what_stands_before_it(between, said):
    pieces = between.split("{}")
    assert flowed("".join(with_seams(piece) if piece == " " else piece for piece in pieces)) == said


def test_lines_and_spaces_within_words_are_no_seams():
    assert with_seams("\n  <p>Two words. Three") == "\n  <p>Two words. Three"
    assert with_seams(" · ") == " · "
    assert with_seams("<b>a</b> <i>b</i> ") == f"<b>a</b>{SEAM}<i>b</i>{SEAM}"


def test_on_a_page_the_offices_sentences_flow_and_typed_words_stay():
    typed = Typed("/x", "", [("words", "好。 再说。")], ["好。 再说。"], lost_files=True, lost_secrets=True)
    with translation.override("zh-hans"):
        page = render_to_string("ui/parts/typed.html", {"typed": typed})
    assert "好。 再说。" in page
    assert 'value="好。 再说。"' in page
    assert "。 " not in page.replace("好。 再说。", "")
    assert SEAM not in page
    with translation.override("en"):
        assert "send it again. Files have to be chosen again. A password" in render_to_string(
            "ui/parts/typed.html", {"typed": typed}
        )
