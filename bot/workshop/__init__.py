"""What maintainers use: check, test, evaluate."""
