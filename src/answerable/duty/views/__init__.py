"""The pages of duty, by concern."""
