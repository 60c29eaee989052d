"""How work lists are found: what is wanted, where its rows come from, in which order they are read."""
