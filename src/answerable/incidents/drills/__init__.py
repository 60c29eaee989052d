"""Drills: the same path as an incident, marked as a drill, with events from a script."""
