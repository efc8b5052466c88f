"""One file per thing a person does in Telegram. Each reads an update, asks the desk, sends a reply."""
