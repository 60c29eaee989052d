"""Paper: receipts, letters, the whole file and work lists as PDF/A-2b, PDF/UA-1.

Pure functions: what is printed is handed in (`data.py`), bytes come out (`render.py`). No models, no
settings, no clock.
"""
