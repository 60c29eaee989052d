"""Where a request came from; see core.source."""

from __future__ import annotations

from answerable.core.source import source_of as source_of
