"""The desk: conversation, decision, composition. Knows no platform and no file."""
