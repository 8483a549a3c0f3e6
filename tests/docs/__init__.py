"""README and docs are held to what the project does: every command, option, key and example."""
