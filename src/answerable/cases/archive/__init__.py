"""The archive: an ended case as one sealed BagIt package, made by the worker, destroyed by an erasure."""
