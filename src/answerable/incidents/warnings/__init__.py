"""Public warnings: composed in both languages, sent as CAP 1.2, read on a public page and in feeds."""
