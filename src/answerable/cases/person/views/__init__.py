"""The pages of one's own case."""
