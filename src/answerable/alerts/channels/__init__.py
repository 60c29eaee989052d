"""Ways out, one module a kind. Each has `send(message) -> None` and raises as `outcomes` says."""
