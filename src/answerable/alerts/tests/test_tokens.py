"""What an alarm is answered by: derived, never stored."""

from __future__ import annotations

import re

from answerable.alerts.tokens import answer_token, digest_of, reply_code
from answerable.parties.keyfile import KeyRing


def test_a_token_is_the_same_every_time_and_another_for_every_row():
    tokens = {answer_token(number) for number in range(1, 200)}
    assert len(tokens) == 199
    assert answer_token(7) == answer_token(7)
    assert all(re.fullmatch("[a-z2-7]{24}", token) for token in tokens)
    assert re.fullmatch(r"\d{6}", reply_code(7))


def test_a_link_typed_in_capitals_is_found():
    assert digest_of(" " + answer_token(7).upper()) == digest_of(answer_token(7))


def test_another_installation_s_key_file_gives_other_tokens(settings, tmp_path):
    here = answer_token(7), reply_code(7)
    settings.ANSWERABLE_KEY_FILE = str(tmp_path / "other")
    KeyRing.create(tmp_path / "other")
    assert answer_token(7) != here[0]
