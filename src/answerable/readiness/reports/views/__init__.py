"""Pages of due reports."""
