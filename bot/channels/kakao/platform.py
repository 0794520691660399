"""Kakao as a platform."""

from bot.channels.answering.platform import Platform
from bot.channels.kakao import render
from bot.channels.kakao.parse import parse

KAKAO = Platform("kakao", parse, render)
