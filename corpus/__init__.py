"""What we know: articles, their revisions and their sentences. Imports neither `index` nor `bot`."""
