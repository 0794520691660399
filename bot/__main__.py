"""`python -m bot`: the command `helpdesk`."""

from bot.cli import main

main()
