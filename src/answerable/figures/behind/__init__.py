"""The rows behind the numbers of duty, responses, rounds and reports: each source counts and lists by one condition."""
