"""Before it happens: readiness periods, rounds, and the reports that units owe."""
