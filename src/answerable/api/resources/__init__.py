"""What other systems read and write, a module a resource."""
