"""What pages and commands call: one function, one durable transaction, at least one act."""
