"""Search in Chinese and English: every two-character window of Chinese runs, and lower-cased words.

The SQL function and `query` below cut text the same way. Exact recall for Chinese words of two characters
and more, which dictionaries' segmentation does not give (路灯 inside 路灯不亮).
"""

from __future__ import annotations

import re
import unicodedata

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


def within_units(words: str, unit_ids: list[int]) -> str:
    """`tsquery(words)` held to the units' own tokens, so that the index itself keeps to what one may read."""
    units = " | ".join(_quoted(f"{UNIT_MARK}{unit_id}") for unit_id in unit_ids)
    core = tsquery(words)
    return f"({units}) & {core}" if core and units else core


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
