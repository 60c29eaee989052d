"""A mailbox turned into cases and replies."""
