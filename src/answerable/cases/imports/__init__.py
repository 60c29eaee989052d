"""Open matters taken over from another system: from a file, or row by row from elsewhere."""
