"""Erasure and retention on schedule: what is kept how long, what ran, what was destroyed, what is overdue and why."""
