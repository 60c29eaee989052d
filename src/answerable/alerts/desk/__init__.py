"""Alarms in the desk."""
