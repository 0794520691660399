"""TalkTalk as a platform."""

from bot.channels.answering.platform import Platform
from bot.channels.talktalk import render
from bot.channels.talktalk.parse import parse

MEDIA = "application/json;charset=UTF-8"
"""Source: «이벤트 기본 구조», without it nothing in a response is sent."""
TALKTALK = Platform("talktalk", parse, render, MEDIA)
