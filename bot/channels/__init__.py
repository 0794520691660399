"""The outside world: each channel turns a platform's messages into queries and replies into messages."""
