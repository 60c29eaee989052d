"""What pages and tests call: one durable transaction, at least one act."""
