"""Benchmarks: over HTTP through the full stack, on the machine at hand (docs/reference/benchmarks.md)."""
