"""The web: HTTP API, web chat, public pages of entries, and the staff's console."""
