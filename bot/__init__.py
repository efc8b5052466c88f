"""How we talk: the command line and the Telegram bot. Imports `index` and `corpus`."""
