"""One file, one command: see `cli`."""
