"""The demo town of Hedu: invented people, places and matters, for trying Answerable out."""
