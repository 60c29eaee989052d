"""Readiness periods: what a season of danger demands of the office, and what of it is missing."""
