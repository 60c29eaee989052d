"""One module a page or two."""
