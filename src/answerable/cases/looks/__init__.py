"""A lost receipt, issued anew at the counter by what only the person can know."""
