"""Fill a roster: the question (`problem`), what is fair (`fairness`), the search (`model`), why not (`conflicts`).

Pure; runs as a process of its own: `python -m answerable.duty.solver`, the question on standard input.
"""
