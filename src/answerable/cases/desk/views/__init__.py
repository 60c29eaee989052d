"""Views of the desk, by concern: lists, one case, what is done to it, decisions, files, exports."""
