"""Alarms on every page of the desk: a bar with sound, told by a stream, or asked for every few seconds without one."""
