"""Rounds look at places and things, never at persons or dwellings; what they find is mended or becomes a matter."""
