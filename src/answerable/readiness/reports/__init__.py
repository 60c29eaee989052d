"""Reports that units owe: what is due when, who has reported, and what sums up into the level above."""
