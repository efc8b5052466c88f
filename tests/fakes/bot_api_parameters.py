"""From strings and JSON to typed parameters: names, types and requiredness by the tables. Pure."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.fakes.bot_api_schema import METHODS, NOT_HERE, TYPES, UNIONS, Fields
from tests.fakes.telegram_wire import Call, Json, Refused, Upload, bad_request, not_here, too_strict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_BOOLEANS = {"true": True, "false": False}
_ARRAY = "Array of "
# Telegram's words for the two most forgotten parameters; for others it has none we are sure of.
_MISSING = {"chat_id": "chat_id is empty", "text": "message text is empty"}


def parse_parameters(call: Call) -> Json:
    """Check a call against its method's table and return its parameters typed.

    Raises:
        Refused: A parameter is unknown, missing, of a wrong type, or not implemented here.
    """
    given: Json = dict(call.parameters)
    for name, upload in call.files.items():
        given[name] = upload
    parsed = _parse_fields(given, METHODS[call.method], where=call.method, wire=True)
    for name in sorted(NOT_HERE & parsed.keys()):
        raise not_here(f'the parameter "{name}"')
    return parsed


def _parse_fields(given: Mapping[str, object], fields: Fields, *, where: str, wire: bool = False) -> Json:
    types = {name.removesuffix("*"): type_ for name, type_ in fields.items()}
    for name in given:
        if name not in types:
            raise too_strict(f'unknown parameter "{name}" of {where}')
    for name in fields:
        if name.endswith("*") and given.get(name[:-1]) is None:
            raise bad_request(_MISSING.get(name[:-1], f'parameter "{name[:-1]}" of {where} is required'))
    return {
        name: _parse(value, types[name], where=f"{where}.{name}", wire=wire)
        for name, value in given.items()
        if value is not None
    }


def _parse(value: object, type_: str, *, where: str, wire: bool = False) -> object:
    """Parse by type; `wire`: everything may come as a string, objects as JSON in one."""
    if "|" in type_:
        return _parse_either(value, type_, where=where, wire=wire)
    if type_ in _SCALARS:
        return _SCALARS[type_](value, where, wire)
    if wire and isinstance(value, str):
        value = _load(value, where=where)
    if type_.startswith(_ARRAY):
        return _parse_array(value, type_.removeprefix(_ARRAY), where=where)
    return _parse_object(value, type_, where=where)


def _parse_array(value: object, type_: str, *, where: str) -> list[object]:
    if not isinstance(value, list):
        raise bad_request(f"{where} must be an array")
    return [_parse(item, type_, where=where) for item in value]


def _parse_either(value: object, type_: str, *, where: str, wire: bool) -> object:
    candidates = type_.split("|")
    if candidates[0] in TYPES:
        loaded = _load(value, where=where) if wire and isinstance(value, str) else value
        return _parse_object(loaded, _which(loaded, candidates, where=where), where=where)
    for candidate in candidates[:-1]:
        with suppress(Refused):
            return _parse(value, candidate, where=where, wire=wire)
    return _parse(value, candidates[-1], where=where, wire=wire)


def _which(value: object, candidates: list[str], *, where: str) -> str:
    """Choose the type whose required fields are there."""
    for candidate in candidates:
        required = {name.removesuffix("*") for name in TYPES[candidate] if name.endswith("*")}
        if isinstance(value, dict) and required <= value.keys():
            return candidate
    raise bad_request(f"{where} must be one of {', '.join(candidates)}")


def _parse_string(value: object, where: str, _: bool) -> str:  # noqa: FBT001 - see _SCALARS
    if not isinstance(value, str):
        raise bad_request(f"{where} must be of type String")
    return value


def _parse_integer(value: object, where: str, wire: bool) -> int:  # noqa: FBT001
    if wire and isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_request(f"{where} must be of type Integer")
    return value


def _parse_boolean(value: object, where: str, wire: bool) -> bool:  # noqa: FBT001
    if wire and isinstance(value, str) and value in _BOOLEANS:
        return _BOOLEANS[value]
    if not isinstance(value, bool):
        raise bad_request(f"{where} must be of type Boolean")
    return value


def _parse_file(value: object, where: str, _: bool) -> Upload:  # noqa: FBT001
    if not isinstance(value, Upload):
        raise bad_request(f"{where} must be a file")
    return value


# How to read what is no array and no object: the value, its name for errors, and whether it may be a string.
_SCALARS: dict[str, Callable[[object, str, bool], object]] = {
    "String": _parse_string,
    "Integer": _parse_integer,
    "Boolean": _parse_boolean,
    "InputFile": _parse_file,
}


def _load(text: str, *, where: str) -> object:
    try:
        loaded: object = json.loads(text)
    except ValueError as error:
        raise bad_request(f"can't parse {where} as JSON") from error
    return loaded


def _parse_object(value: object, type_: str, *, where: str) -> Json:
    if not isinstance(value, dict):
        raise bad_request(f"{where} must be an object")
    if type_ in UNIONS:
        variants = UNIONS[type_]
        chosen = variants.get("") or variants.get(str(value.get("type")))
        if chosen is None:
            raise not_here(f"{type_} of type {value.get('type')!r}")
        type_ = chosen
    if type_ not in TYPES:
        raise not_here(type_)
    return _parse_fields(value, TYPES[type_], where=type_)
