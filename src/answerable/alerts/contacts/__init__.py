"""How a member of staff is reached for duty: their own ways, shown to work, with their quiet hours (rights, rule 12)."""
