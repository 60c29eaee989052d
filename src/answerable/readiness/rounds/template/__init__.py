"""Templates of rounds: the file, what it may ask, the ones that ship, the form that writes one."""
