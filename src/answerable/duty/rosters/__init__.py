"""The pages of rosters: drafting and publishing, one's own duties, swaps, on paper and as a file, calendar feeds."""
