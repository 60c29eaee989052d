"""What pages and workers call: one function, one durable transaction, at least one act."""
