"""Django's PostgreSQL backend, with two habits of our own; see `base`."""
