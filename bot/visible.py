"""Visible: source text made safe to show; pure.

Articles may hold characters that reorder, hide or command. They carry no words, so leaving them out keeps
every word verbatim; offsets and the JSON form keep the text as it is.
"""

import re

#: Direction marks, embeddings, overrides, isolates; zero-width space, word joiner, byte order mark, soft
#: hyphen; tag characters. Joiners (U+200C, U+200D) stay: scripts and emoji need them.
_HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\U000e0000-\U000e007f]")

#: Control characters, among them the escape that commands terminals.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def visible(text: str) -> str:
    """Return the words of a text on one line, without characters that reorder, hide or command."""
    return _CONTROL.sub(" ", _HIDDEN.sub("", text))
