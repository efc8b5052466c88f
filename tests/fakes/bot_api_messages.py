"""The methods that write, change and remove messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.bot_api_access import find_chat, find_open_chat, find_writable_chat
from tests.fakes.bot_api_keyboard import check_markup
from tests.fakes.bot_api_text import Content, read_caption, read_text
from tests.fakes.telegram_entities import utf16_length
from tests.fakes.telegram_html import InvalidMarkup, parse_html
from tests.fakes.telegram_wire import Json, Upload, bad_request, not_here, too_strict
from tests.fakes.telegram_world import Sent, World

if TYPE_CHECKING:
    from tests.fakes.telegram_chat import Chat, Message

GENERAL_TOPIC = 1
_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def send_message(world: World, parameters: Json) -> Json:
    content = read_text(world, parameters)
    preview = _preview(parameters)
    fields = content.json(text="text", entities="entities") | preview
    return _send(world, "sendMessage", parameters, content=content, fields=fields)


def send_photo(world: World, parameters: Json) -> Json:
    file_id = _file(world, parameters["photo"])
    unique_id = world.unique_id(file_id)
    size = {"file_id": file_id, "file_unique_id": unique_id, "width": 640, "height": 480}
    content = read_caption(world, parameters)
    fields = {"photo": [size]} | content.json(text="caption", entities="caption_entities")
    return _send(world, "sendPhoto", parameters, content=content, fields=fields)


def send_document(world: World, parameters: Json) -> Json:
    file_id = _file(world, parameters["document"])
    name = {"file_name": parameters["document"].name} if isinstance(parameters["document"], Upload) else {}
    content = read_caption(world, parameters)
    names = {"file_id": file_id, "file_unique_id": world.unique_id(file_id)}
    document = names | {"file_size": len(world.files[file_id])} | name
    fields = {"document": document} | content.json(text="caption", entities="caption_entities")
    return _send(world, "sendDocument", parameters, content=content, fields=fields)


def edit_message_text(world: World, parameters: Json) -> Json:
    message = _editable(world, parameters)
    content = read_text(world, parameters, too_long="MESSAGE_TOO_LONG")
    if "text" not in message.data:
        raise bad_request("there is no text in the message to edit")
    new = content.json(text="text", entities="entities") | _preview(parameters)
    changed = ("text", "entities", "link_preview_options", "reply_markup")
    return _edit(
        world,
        "editMessageText",
        message,
        new=new | _inline(check_markup(parameters.get("reply_markup"))),
        changed=changed,
        html=content.html,
    )


def edit_message_reply_markup(world: World, parameters: Json) -> Json:
    message = _editable(world, parameters)
    new = _inline(check_markup(parameters.get("reply_markup")))
    method = "editMessageReplyMarkup"
    return _edit(world, method, message, new=new, changed=("reply_markup",), html=None)


def delete_message(world: World, parameters: Json) -> bool:
    chat = find_open_chat(world, parameters["chat_id"])
    message = chat.find(parameters["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if not (message.is_from_bot or chat.type == "private" or chat.bot_status == "administrator"):
        raise bad_request("message can't be deleted")
    chat.remove(message)
    world.notify()
    return True


def set_message_reaction(world: World, parameters: Json) -> bool:
    message = find_open_chat(world, parameters["chat_id"]).find(parameters["message_id"])
    if message is None:
        raise bad_request("message to react not found")
    message.bot_reactions = parameters.get("reaction", [])
    if len(message.bot_reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    world.notify()
    return True


def send_chat_action(world: World, parameters: Json) -> bool:
    chat = find_writable_chat(world, parameters["chat_id"])
    _check_topic(chat, parameters.get("message_thread_id"))
    if parameters["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(parameters["action"])
    world.notify()
    return True


def _send(world: World, method: str, parameters: Json, *, content: Content, fields: Json) -> Json:
    markup = check_markup(parameters.get("reply_markup"))
    chat = find_writable_chat(world, parameters["chat_id"])
    topic = _check_topic(chat, parameters.get("message_thread_id"))
    reply_to, quote = _read_reply(world, chat, parameters.get("reply_parameters"))
    if topic is not None and reply_to is not None and reply_to.topic != topic:
        raise too_strict("a reply to a message of another topic")
    world.rates.count(chat.id, is_group=chat.type != "private")
    protection = {"has_protected_content": True} if parameters.get("protect_content") else {}
    author = {"sender_chat": chat.json()} if chat.type == "channel" else {"from": world.bot_json()}
    thread = chat.thread(topic=topic, reply_to=reply_to)
    message = chat.post(author | thread | quote | protection | fields | _inline(markup))
    _record(world, method, message, html=content.html, markup=markup, reply_to=reply_to)
    return message.data


def _preview(parameters: Json) -> Json:
    options = parameters.get("link_preview_options")
    return {"link_preview_options": options} if options else {}


def _inline(markup: Json | None) -> Json:
    """Only inline keyboards stay with their message."""
    return {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}


def _check_topic(chat: Chat, topic: int | None) -> int | None:
    if topic is None:
        return None
    if topic == GENERAL_TOPIC or topic not in chat.topics:
        raise bad_request("message thread not found")
    if chat.topics[topic].is_closed and chat.bot_status != "administrator":
        raise bad_request("TOPIC_CLOSED")
    return topic


def _read_reply(world: World, chat: Chat, reply: Json | None) -> tuple[Message | None, Json]:
    """Find the message to answer, and the quote in it."""
    if reply is None:
        return None, {}
    if "chat_id" in reply and find_chat(world, reply["chat_id"]) is not chat:
        raise not_here("a reply to a message of another chat")
    message = chat.find(reply["message_id"])
    if message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    if message is None or "quote" not in reply:
        return message, {}
    return message, {"quote": _quote(message, reply)}


def _quote(message: Message, reply: Json) -> Json:
    mode = reply.get("quote_parse_mode", "")
    if mode and mode.lower() != "html":
        raise not_here(mode)
    try:
        words = parse_html(reply["quote"]) if mode else None
    except InvalidMarkup as error:
        raise bad_request(f"can't parse entities: {error}") from error
    text = words.text if words else reply["quote"]
    if not text or text not in message.text or utf16_length(text) > 1024:
        raise bad_request("QUOTE_TEXT_INVALID")
    position = utf16_length(message.text[: message.text.index(text)])
    return {"text": text, "position": position, "is_manual": True}


def _editable(world: World, parameters: Json) -> Message:
    if "chat_id" not in parameters:
        raise bad_request("chat_id is empty")
    if "message_id" not in parameters:
        raise bad_request("message identifier is not specified")
    message = find_open_chat(world, parameters["chat_id"]).find(parameters["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if not message.is_from_bot and message.data.get("sender_chat", {}).get("id") != message.chat.id:
        raise bad_request("message can't be edited")
    return message


def _edit(
    world: World, method: str, message: Message, *, new: Json, changed: tuple[str, ...], html: str | None
) -> Json:
    old = {key: message.data[key] for key in changed if key in message.data}
    if old == new:
        raise bad_request(_NOT_MODIFIED)
    kept = {key: value for key, value in message.data.items() if key not in changed}
    message.data = kept | new | {"edit_date": world.now()}
    markup = message.data.get("reply_markup")
    _record(world, method, message, html=html, markup=markup, reply_to=message.reply_to)
    return message.data


def _record(
    world: World,
    method: str,
    message: Message,
    *,
    html: str | None,
    markup: Json | None,
    reply_to: Message | None,
) -> None:
    sent = Sent(
        method=method,
        chat_id=message.chat.id,
        message_id=message.id,
        text=message.text,
        html=html,
        entities=tuple(message.entities),
        reply_markup=markup,
        message_thread_id=message.topic,
        reply_to=reply_to.id if reply_to else None,
        at=world.clock(),
    )
    world.sent.append(sent)
    world.notify()


def _file(world: World, file: Upload | str) -> str:
    """Keep an upload, or find what a file_id names."""
    if isinstance(file, Upload):
        file_id = f"upload-{world.next_number()}"
        world.files[file_id] = file.content
        return file_id
    if file not in world.files:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return file
