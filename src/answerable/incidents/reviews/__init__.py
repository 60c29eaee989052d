"""After the stand-down: measured against the plan, lessons chased until done, into the archive, personal data destroyed."""
