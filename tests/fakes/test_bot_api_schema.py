import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.bot_api import HANDLERS
from tests.fakes.bot_api_schema import METHODS, TYPES, UNIONS, Fields
from tests.fakes.telegram_updates import KINDS

SCHEMA = Path(__file__).parents[3] / "shared/spec/bot-api-10.1.json"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    if not SCHEMA.exists():
        pytest.skip("the official schema is not here")
    loaded: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


def official(entry: dict[str, Any]) -> Fields:
    return {
        field["name"] + ("*" if field["required"] else ""): "|".join(field["types"])
        for field in entry.get("fields", [])
    }


@pytest.mark.parametrize("method", sorted(METHODS))
def test_methods_have_the_official_parameters(schema: dict[str, Any], method: str) -> None:
    assert METHODS[method] == official(schema["methods"][method])


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_types_have_the_official_fields(schema: dict[str, Any], type_: str) -> None:
    assert TYPES[type_] == official(schema["types"][type_])


@pytest.mark.parametrize("union", sorted(UNIONS))
def test_unions_are_made_of_official_types(schema: dict[str, Any], union: str) -> None:
    assert set(UNIONS[union].values()) <= set(schema["types"][union]["subtypes"])


def test_every_kind_of_update_is_official(schema: dict[str, Any]) -> None:
    assert set(KINDS) <= set(official(schema["types"]["Update"]))


def test_every_method_in_the_table_has_a_handler() -> None:
    assert set(METHODS) == set(HANDLERS)
