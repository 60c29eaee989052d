"""The pages of figures; each number on them opens the list behind it."""
