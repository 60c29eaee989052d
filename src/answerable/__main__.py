"""`python -m answerable`: the command line."""

from __future__ import annotations

import sys

from answerable.ops.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
