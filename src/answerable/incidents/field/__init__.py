"""In the field: a page for a telephone that works without a network: tasks, the log, photographs of the hazard."""
