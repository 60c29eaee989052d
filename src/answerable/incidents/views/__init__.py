"""Pages of incidents in the desk; the live board is a room of its own."""
