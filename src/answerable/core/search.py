"""Search in Chinese and English: every two-character window of Chinese runs, and lower-cased words.

The SQL function and `query` below cut text the same way. Exact recall for Chinese words of two characters
and more, which dictionaries' segmentation does not give (路灯 inside 路灯不亮).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

# CJK ideographs: main block, extensions A–H (planes 0, 2, 3), compatibility ideographs.
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")

#: What a unit's own token begins with: no word holds it, so no beginning of a word finds a unit.
UNIT_MARK = ":"

FUNCTION_SQL = r"""
CREATE OR REPLACE FUNCTION answerable_search_vector(VARIADIC parts text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
    WITH runs AS (
        SELECT run[1] AS run, n, run[1] ~ '^[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]' AS is_han
        FROM regexp_matches(lower(left(array_to_string(parts[2:], ' '), 60000)), '[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+|[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+', 'g')
             WITH ORDINALITY AS found(run, n)
    ), tokens AS (
        SELECT ':' || parts[1] AS token WHERE parts[1] <> ''
        UNION ALL
        SELECT run FROM runs WHERE NOT is_han
        UNION ALL
        -- Character by character: taking substrings out of one long run would cost its length squared.
        SELECT sign || coalesce(lead(sign) OVER (PARTITION BY n ORDER BY at), '')
        FROM runs, LATERAL string_to_table(run, NULL) WITH ORDINALITY AS signs(sign, at) WHERE is_han
    )
    SELECT array_to_tsvector(coalesce(array_agg(DISTINCT left(token, 60)), '{}')) FROM tokens WHERE token <> ''
$$
"""

#: So many days of receipt lie in a stretch of the index. Never changed without making the index anew.
STRETCH = timedelta(days=10)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: What the index of words holds: every word under the number of the stretch that its case was received in, so that one
#: stretch is looked through without touching the others. The vector beside the text stays without.
STRETCHES_SQL = r"""
CREATE OR REPLACE FUNCTION answerable_stretch(received timestamptz) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(extract(epoch FROM received) / 864000)::integer
$$;
CREATE OR REPLACE FUNCTION answerable_search_index(received timestamptz, words tsvector) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT COST 10000 AS $$
DECLARE
    -- Not by the function above: an index is made and looked after where nothing of ours is on the path.
    head text := floor(extract(epoch FROM received) / 864000)::integer || '/';
BEGIN
    -- As one text, cut at what no word holds: word by word takes four times as long.
    RETURN array_to_tsvector(string_to_array(
        head || array_to_string(tsvector_to_array(words), E'\n' || head), E'\n'));
END
$$
"""


def stretch_start(number: int) -> datetime:
    """The first instant of a stretch."""
    return _EPOCH + number * STRETCH


def lexemes(words: str) -> list[tuple[str, bool]]:
    """The lexemes that a text must hold to match `words`, each with whether it is a prefix.

    A single Chinese character matches any window that begins with it; a Latin word matches as a prefix,
    since people type beginnings.
    """
    found: list[tuple[str, bool]] = []
    for token in _TOKEN.findall(unicodedata.normalize("NFC", words).lower()):
        if re.match(rf"[{_HAN}]", token):
            if len(token) == 1:
                found.append((token, True))
            found.extend((token[i : i + 2], False) for i in range(len(token) - 1))
        else:
            found.append((token[:60], True))
    return list(dict.fromkeys(found))


def tsquery(words: str) -> str:
    """A `tsquery` in text form that finds every text holding all of `words`; empty when none are left."""
    return " & ".join(_quoted(lexeme) + (":*" if prefix else "") for lexeme, prefix in lexemes(words))


def in_stretch(words: str, unit_ids: Sequence[int]) -> str:
    """`tsquery(words)` for the index, held to these units' own tokens if any are named; `~` stands for the stretch.

    So the index itself keeps to what one may read.
    """
    units = " | ".join(_quoted(f"~/{UNIT_MARK}{unit_id}") for unit_id in unit_ids)
    said = [_quoted(f"~/{lexeme}") + (":*" if prefix else "") for lexeme, prefix in lexemes(words)]
    return " & ".join([f"({units})", *said] if units and said else said)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
