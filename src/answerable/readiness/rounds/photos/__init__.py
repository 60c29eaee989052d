"""Photographs of places and things: held, sealed, until a human has looked for people in them and blurred what they found.

The sealing and the reading of a picture are the incidents'; the rows and the acts are of rounds.
"""
