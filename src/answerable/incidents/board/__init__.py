"""The live board of an incident: what the duty room looks at, told of every change within a second."""
