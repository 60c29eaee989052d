"""What the public can see and take away: monthly tables, promises kept, the annual report."""
