"""The desk: work lists and case pages for staff."""
