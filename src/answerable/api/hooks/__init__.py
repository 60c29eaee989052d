"""Webhooks: events told to other systems, signed, tried again for days, with a log."""
