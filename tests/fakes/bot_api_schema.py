"""Which methods the fake knows, and the names and types of their parameters; "*" marks the required.

Written in the Bot API's own notation, so that a test can compare it with the official schema.
"""

from __future__ import annotations

Fields = dict[str, str]

_CHAT = {"chat_id*": "Integer|String"}
_MESSAGE = _CHAT | {"message_id*": "Integer"}
_LANGUAGE = {"language_code": "String"}
_SCOPE = {"scope": "BotCommandScope"} | _LANGUAGE
_MARKUP = "InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply"
_SENDING: Fields = _CHAT | {
    "business_connection_id": "String",
    "message_thread_id": "Integer",
    "direct_messages_topic_id": "Integer",
    "disable_notification": "Boolean",
    "protect_content": "Boolean",
    "allow_paid_broadcast": "Boolean",
    "message_effect_id": "String",
    "suggested_post_parameters": "SuggestedPostParameters",
    "reply_parameters": "ReplyParameters",
    "reply_markup": _MARKUP,
}
_CAPTION: Fields = {
    "caption": "String",
    "parse_mode": "String",
    "caption_entities": "Array of MessageEntity",
}
_TEXT: Fields = {
    "parse_mode": "String",
    "entities": "Array of MessageEntity",
    "link_preview_options": "LinkPreviewOptions",
}
_EDITING: Fields = {
    "business_connection_id": "String",
    "chat_id": "Integer|String",
    "message_id": "Integer",
    "inline_message_id": "String",
    "reply_markup": "InlineKeyboardMarkup",
}

METHODS: dict[str, Fields] = {
    "getMe": {},
    "logOut": {},
    "close": {},
    "getUpdates": {
        "offset": "Integer",
        "limit": "Integer",
        "timeout": "Integer",
        "allowed_updates": "Array of String",
    },
    "setWebhook": {
        "url*": "String",
        "certificate": "InputFile",
        "ip_address": "String",
        "max_connections": "Integer",
        "allowed_updates": "Array of String",
        "drop_pending_updates": "Boolean",
        "secret_token": "String",
    },
    "deleteWebhook": {"drop_pending_updates": "Boolean"},
    "getWebhookInfo": {},
    "sendMessage": _SENDING | _TEXT | {"text*": "String"},
    "sendPhoto": _SENDING
    | _CAPTION
    | {
        "photo*": "InputFile|String",
        "show_caption_above_media": "Boolean",
        "has_spoiler": "Boolean",
    },
    "sendDocument": _SENDING
    | _CAPTION
    | {
        "document*": "InputFile|String",
        "thumbnail": "InputFile|String",
        "disable_content_type_detection": "Boolean",
    },
    "editMessageText": _EDITING | _TEXT | {"text": "String", "rich_message": "InputRichMessage"},
    "editMessageReplyMarkup": _EDITING,
    "deleteMessage": _MESSAGE,
    "setMessageReaction": _MESSAGE | {"reaction": "Array of ReactionType", "is_big": "Boolean"},
    "sendChatAction": _CHAT
    | {
        "business_connection_id": "String",
        "message_thread_id": "Integer",
        "action*": "String",
    },
    "answerCallbackQuery": {
        "callback_query_id*": "String",
        "text": "String",
        "show_alert": "Boolean",
        "url": "String",
        "cache_time": "Integer",
    },
    "answerInlineQuery": {
        "inline_query_id*": "String",
        "results*": "Array of InlineQueryResult",
        "cache_time": "Integer",
        "is_personal": "Boolean",
        "next_offset": "String",
        "button": "InlineQueryResultsButton",
    },
    "getChat": _CHAT,
    "getChatMember": _CHAT | {"user_id*": "Integer"},
    "getChatAdministrators": _CHAT | {"return_bots": "Boolean"},
    "leaveChat": _CHAT,
    "getFile": {"file_id*": "String"},
    "setMyCommands": _SCOPE | {"commands*": "Array of BotCommand"},
    "getMyCommands": _SCOPE,
    "deleteMyCommands": _SCOPE,
    "setMyName": _LANGUAGE | {"name": "String"},
    "setMyDescription": _LANGUAGE | {"description": "String"},
    "setMyShortDescription": _LANGUAGE | {"short_description": "String"},
}

# A type that stands in neither table is Telegram's, and refused here as not implemented.
TYPES: dict[str, Fields] = {
    "MessageEntity": {
        "type*": "String",
        "offset*": "Integer",
        "length*": "Integer",
        "url": "String",
        "user": "User",
        "language": "String",
        "custom_emoji_id": "String",
        "unix_time": "Integer",
        "date_time_format": "String",
    },
    "User": {
        "id*": "Integer",
        "is_bot*": "Boolean",
        "first_name*": "String",
        "last_name": "String",
        "username": "String",
        "language_code": "String",
        "is_premium": "Boolean",
        "added_to_attachment_menu": "Boolean",
        "can_join_groups": "Boolean",
        "can_read_all_group_messages": "Boolean",
        "supports_guest_queries": "Boolean",
        "supports_inline_queries": "Boolean",
        "can_connect_to_business": "Boolean",
        "has_main_web_app": "Boolean",
        "has_topics_enabled": "Boolean",
        "allows_users_to_create_topics": "Boolean",
        "can_manage_bots": "Boolean",
        "supports_join_request_queries": "Boolean",
    },
    "LinkPreviewOptions": {
        "is_disabled": "Boolean",
        "url": "String",
        "prefer_small_media": "Boolean",
        "prefer_large_media": "Boolean",
        "show_above_text": "Boolean",
    },
    "ReplyParameters": {
        "message_id*": "Integer",
        "chat_id": "Integer|String",
        "allow_sending_without_reply": "Boolean",
        "quote": "String",
        "quote_parse_mode": "String",
        "quote_entities": "Array of MessageEntity",
        "quote_position": "Integer",
        "checklist_task_id": "Integer",
        "poll_option_id": "String",
    },
    "InlineKeyboardMarkup": {"inline_keyboard*": "Array of Array of InlineKeyboardButton"},
    "InlineKeyboardButton": {
        "text*": "String",
        "icon_custom_emoji_id": "String",
        "style": "String",
        "url": "String",
        "callback_data": "String",
        "web_app": "WebAppInfo",
        "login_url": "LoginUrl",
        "switch_inline_query": "String",
        "switch_inline_query_current_chat": "String",
        "switch_inline_query_chosen_chat": "SwitchInlineQueryChosenChat",
        "copy_text": "CopyTextButton",
        "callback_game": "CallbackGame",
        "pay": "Boolean",
    },
    "CopyTextButton": {"text*": "String"},
    "SwitchInlineQueryChosenChat": {
        "query": "String",
        "allow_user_chats": "Boolean",
        "allow_bot_chats": "Boolean",
        "allow_group_chats": "Boolean",
        "allow_channel_chats": "Boolean",
    },
    "ReplyKeyboardMarkup": {
        "keyboard*": "Array of Array of KeyboardButton",
        "is_persistent": "Boolean",
        "resize_keyboard": "Boolean",
        "one_time_keyboard": "Boolean",
        "input_field_placeholder": "String",
        "selective": "Boolean",
    },
    "KeyboardButton": {
        "text*": "String",
        "icon_custom_emoji_id": "String",
        "style": "String",
        "request_users": "KeyboardButtonRequestUsers",
        "request_chat": "KeyboardButtonRequestChat",
        "request_managed_bot": "KeyboardButtonRequestManagedBot",
        "request_contact": "Boolean",
        "request_location": "Boolean",
        "request_poll": "KeyboardButtonPollType",
        "web_app": "WebAppInfo",
    },
    "ReplyKeyboardRemove": {"remove_keyboard*": "Boolean", "selective": "Boolean"},
    "ForceReply": {
        "force_reply*": "Boolean",
        "input_field_placeholder": "String",
        "selective": "Boolean",
    },
    "BotCommand": {"command*": "String", "description*": "String"},
    "BotCommandScopeDefault": {"type*": "String"},
    "BotCommandScopeAllPrivateChats": {"type*": "String"},
    "BotCommandScopeAllGroupChats": {"type*": "String"},
    "BotCommandScopeAllChatAdministrators": {"type*": "String"},
    "BotCommandScopeChat": {"type*": "String"} | _CHAT,
    "BotCommandScopeChatAdministrators": {"type*": "String"} | _CHAT,
    "BotCommandScopeChatMember": {"type*": "String", "user_id*": "Integer"} | _CHAT,
    "ReactionTypeEmoji": {"type*": "String", "emoji*": "String"},
    "InlineQueryResultsButton": {
        "text*": "String",
        "web_app": "WebAppInfo",
        "start_parameter": "String",
    },
    "InlineQueryResultArticle": {
        "type*": "String",
        "id*": "String",
        "title*": "String",
        "input_message_content*": "InputMessageContent",
        "reply_markup": "InlineKeyboardMarkup",
        "url": "String",
        "description": "String",
        "thumbnail_url": "String",
        "thumbnail_width": "Integer",
        "thumbnail_height": "Integer",
    },
    "InputTextMessageContent": {
        "message_text*": "String",
        "parse_mode": "String",
        "entities": "Array of MessageEntity",
        "link_preview_options": "LinkPreviewOptions",
    },
}

# A type that is one of several: the value of "type" says which; without one there is only one here.
UNIONS: dict[str, dict[str, str]] = {
    "BotCommandScope": {
        "default": "BotCommandScopeDefault",
        "all_private_chats": "BotCommandScopeAllPrivateChats",
        "all_group_chats": "BotCommandScopeAllGroupChats",
        "all_chat_administrators": "BotCommandScopeAllChatAdministrators",
        "chat": "BotCommandScopeChat",
        "chat_administrators": "BotCommandScopeChatAdministrators",
        "chat_member": "BotCommandScopeChatMember",
    },
    "ReactionType": {"emoji": "ReactionTypeEmoji"},
    "InlineQueryResult": {"article": "InlineQueryResultArticle"},
    "InputMessageContent": {"": "InputTextMessageContent"},
}

# Telegram has these parameters and this fake does nothing with them, so it refuses them.
NOT_HERE = frozenset(
    {
        "business_connection_id",
        "direct_messages_topic_id",
        "suggested_post_parameters",
        "allow_paid_broadcast",
        "message_effect_id",
        "inline_message_id",
        "rich_message",
        "certificate",
    }
)
