"""The responsibility sheet: for each place and subject who answers for it, and leader by leader what they carry."""
