"""Naver TalkTalk: events of the Chat Bot API answered over HTTP, and what staff say sent through it."""
