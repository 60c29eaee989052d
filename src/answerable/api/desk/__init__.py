"""The page of keys for other systems: `/desk/keys/`."""
