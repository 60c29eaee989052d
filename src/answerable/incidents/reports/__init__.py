"""Situation reports: when they are due, what is in them, to whom and how they went out."""
