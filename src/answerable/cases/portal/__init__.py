"""The portal: a person tells their grievance."""
