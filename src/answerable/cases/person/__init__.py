"""The person's page: one case, seen with its receipt."""
