"""Rounds on a telephone: a page that works without a network. What it shares with the incidents' page stands there."""
