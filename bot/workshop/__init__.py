"""What maintainers use: check, test, train."""
