"""Photographs of the hazard: held, sealed, until a human has looked for people in them and blurred what they found."""
