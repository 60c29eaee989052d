"""Emergency plans as data: a YAML file that a body adapts, checks every night and runs an incident on."""
