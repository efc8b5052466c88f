"""The rules of keyboards. Pure."""

from __future__ import annotations

from tests.fakes.telegram_entities import utf16_length
from tests.fakes.telegram_link import checked_link
from tests.fakes.telegram_wire import Json, bad_request, too_strict

LONGEST_DATA = 64
LONGEST_COPIED = 256
MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
_LOOKS = frozenset({"text", "icon_custom_emoji_id", "style"})
_STYLES = frozenset({"danger", "success", "primary"})


def check_markup(markup: Json | None) -> Json | None:
    """Check a keyboard; return it, or None where it comes to nothing.

    Raises:
        Refused: A button is without a purpose, or too long, or points nowhere.
    """
    if markup is None:
        return None
    if "inline_keyboard" not in markup:
        return _check_reply_keyboard(markup)
    rows = [row for row in markup["inline_keyboard"] if row]
    _check_shape(rows)
    for row in rows:
        for button in row:
            _check_button(button)
    return {"inline_keyboard": rows} if rows else None


def _check_shape(rows: list[list[Json]]) -> None:
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    if any(len(row) > MOST_IN_A_ROW for row in rows):
        raise too_strict(f"more than {MOST_IN_A_ROW} buttons in a row")


def _check_button(button: Json) -> None:
    if not button["text"].strip():
        raise too_strict("a button without words")
    purposes = sorted(button.keys() - _LOOKS)
    if not purposes:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    if len(purposes) > 1:
        raise too_strict(f"a button with several purposes: {', '.join(purposes)}")
    if button.get("style", "primary") not in _STYLES:
        raise bad_request("invalid button style specified")
    _check_purpose(button)


def _check_purpose(button: Json) -> None:
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= LONGEST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and checked_link(button["url"]) is None:
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    if "copy_text" in button and not 1 <= utf16_length(button["copy_text"]["text"]) <= LONGEST_COPIED:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_reply_keyboard(markup: Json) -> Json:
    buttons = [button for row in markup.get("keyboard", []) for button in row]
    if any(not button["text"].strip() for button in buttons):
        raise too_strict("a button without words")
    return markup
