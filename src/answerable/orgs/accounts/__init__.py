"""Signing in: password and second factor, throttled once; accounts are made by the administrator alone."""
