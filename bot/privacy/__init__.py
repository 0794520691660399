"""Personal data: taken out of what is kept. Pure."""
