"""The counter: a clerk enters a matter while the person talks, reads it back, hands over the receipt."""
