"""What the real encoder promises: with the bundled model, and with tiny ones of other makes in a folder."""

from __future__ import annotations

import shutil
import warnings
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from corpus.languages import Language
from index import models
from index.answers import Question
from index.confidence import Outcome
from index.encoder import LONGEST_WINDOW, Encoded, SentenceEncoder
from index.engine import Engine
from index.errors import ModelDamaged, ModelUnavailable
from index.models import Model
from index.signals import Signal
from tests.fakes.news import ARREST, BRIDGE, RUSSIAN, SHOW_ALL, WEIGHTS, article, put
from tests.index.test_models import flip_last_byte
from tests.index.tinymodels import TRANSLATIONS, make_model, make_multilingual_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpus.store import Corpus

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH
NAMED = "Karim Massimov led the committee."
HE = "He was arrested on Friday."


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the E5 family by its name."""
    made = make_model(tmp_path_factory.mktemp("models"))
    return made.rename(made.with_name("tiny-e5"))


def own_vector(encoder: SentenceEncoder, text: str) -> np.ndarray:
    """Return what the library itself makes of a text."""
    vector: np.ndarray = encoder.load().encode([text], prompt="", normalize_embeddings=True)[0]
    return vector


def alone(encoder: SentenceEncoder, text: str) -> Encoded:
    return encoder.encode_passages([[text]])[0][0]


def words(text: str, encoded: Encoded) -> list[str]:
    return [text[start:end] for start, end in encoded.spans.tolist()]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and bool(np.abs(one - other).max(initial=0) < 1e-5)


def test_vectors_have_length_1_and_say_what_is_near(real_encoder: SentenceEncoder) -> None:
    (asked,) = real_encoder.encode_questions(["Who was arrested?"])
    ((near, far),) = real_encoder.encode_passages([["The police detained a man.", "It rained in May."]])

    for one in (asked, near, far):
        assert one.vector.shape == one.tokens.shape[1:] == (384,)
        assert one.vector.dtype == one.tokens.dtype == np.dtype(np.float32)
        lengths = np.linalg.norm([one.vector, *one.tokens], axis=1)
        assert lengths.tolist() == pytest.approx([1.0] * (1 + len(one.tokens)))
    assert float(asked.vector @ near.vector) > float(asked.vector @ far.vector) + 0.2


def test_questions_and_sentences_that_stand_alone_have_the_models_own_vector(
    real_encoder: SentenceEncoder,
) -> None:
    for text in (ARREST, "Who was arrested?", "Nazarbaïev — “silent”…", "", "Полиция"):
        own = own_vector(real_encoder, text)
        assert same(real_encoder.encode_questions([text])[0].vector, own)
        assert same(alone(real_encoder, text).vector, own)


def test_each_word_piece_knows_its_characters(real_encoder: SentenceEncoder) -> None:
    (asked,) = real_encoder.encode_questions(["Who was detained in Zhanaozen?"])
    ((_, second),) = real_encoder.encode_passages([[NAMED, HE]])

    assert words("Who was detained in Zhanaozen?", asked) == [
        *["Who", "was", "detained", "in", "Z", "hana", "oz", "en", "?"],
    ]
    assert words(HE, second) == ["He", "was", "arrested", "on", "Friday", "."]


def test_a_sentence_in_a_paragraph_is_the_mean_of_its_word_pieces_read_in_the_paragraph(
    real_encoder: SentenceEncoder,
) -> None:
    whole = f"{NAMED} {HE}"
    transformer = real_encoder.load()
    (tokens,) = (
        np.asarray(one) for one in transformer.encode([whole], output_value="token_embeddings", prompt="")
    )
    offsets = transformer.tokenizer(whole, return_offsets_mapping=True)["offset_mapping"]
    of_he = [row for row, (start, end) in enumerate(offsets) if start > len(NAMED) and end > start]

    ((named, he),) = real_encoder.encode_passages([[NAMED, HE]])

    mean = tokens[of_he].mean(axis=0)
    assert same(he.vector, mean / np.linalg.norm(mean))
    assert same(he.tokens, tokens[of_he] / np.linalg.norm(tokens[of_he], axis=1, keepdims=True))
    assert len(named.tokens) + len(he.tokens) == len(offsets) - 2


def test_he_has_met_its_name_in_the_paragraph(real_encoder: SentenceEncoder) -> None:
    (asked,) = real_encoder.encode_questions(["When was Karim Massimov arrested?"])

    ((_, in_paragraph),) = real_encoder.encode_passages([[NAMED, HE]])

    assert (
        float(asked.vector @ in_paragraph.vector) > float(asked.vector @ alone(real_encoder, HE).vector) + 0.1
    )


def test_a_paragraph_has_the_same_vectors_alone_and_among_others(real_encoder: SentenceEncoder) -> None:
    paragraphs = [
        [ARREST, HE],
        ["A bridge."],
        [],
        ["A long sentence about bread, its price and who pays it.", *[f"Number {n}." for n in range(40)]],
        *[[f"Paragraph number {n}."] for n in range(70)],
    ]

    together = real_encoder.encode_passages(paragraphs)

    assert [len(found) for found in together] == [len(paragraph) for paragraph in paragraphs]
    for paragraph, found in zip(paragraphs[:6], together, strict=False):
        (expected,) = real_encoder.encode_passages([paragraph])
        for one, other in zip(found, expected, strict=True):
            assert same(one.vector, other.vector)
            assert same(one.tokens, other.tokens)
            assert one.spans.tolist() == other.spans.tolist()


def test_nothing_has_no_vector(real_encoder: SentenceEncoder) -> None:
    assert real_encoder.encode_passages([]) == []
    assert real_encoder.encode_passages([[]]) == [[]]
    assert real_encoder.encode_questions([]) == []


def test_a_long_paragraph_is_read_in_windows_of_whole_sentences(real_encoder: SentenceEncoder) -> None:
    sentences = [
        f"On day {n} the police of Almaty detained {n * 37} people in the street." for n in range(60)
    ]
    windows = windows_of(real_encoder, sentences, LONGEST_WINDOW - 2)
    assert len(windows) > 3

    (together,) = real_encoder.encode_passages([sentences])

    expected = [one for found in real_encoder.encode_passages(windows) for one in found]
    for sentence, one, other in zip(sentences, together, expected, strict=True):
        assert same(one.vector, other.vector)
        assert words(sentence, one)[:2] == ["On", "day"]
        assert words(sentence, one)[-1] == "."


def windows_of(encoder: SentenceEncoder, sentences: Sequence[str], limit: int) -> list[list[str]]:
    """Put sentences together for as long as their word pieces fit."""
    windows, room = [[""]], 0
    for sentence in sentences:
        pieces = len(encoder.load().tokenizer.tokenize(sentence))
        if pieces > room:
            windows.append([])
            room = limit
        windows[-1].append(sentence)
        room -= pieces
    return windows[1:]


def test_a_sentence_longer_than_the_window_is_read_as_far_as_it_goes(real_encoder: SentenceEncoder) -> None:
    endless = "no " * 900 + "."

    ((before, long, after),) = real_encoder.encode_passages([[ARREST, endless, BRIDGE]])

    assert same(long.vector, own_vector(real_encoder, endless))
    assert words(endless, long) == ["no"] * 254
    assert same(before.vector, alone(real_encoder, ARREST).vector)
    assert same(after.vector, alone(real_encoder, BRIDGE).vector)


def test_many_threads_encode_alike_on_an_encoder_that_none_has_used_yet() -> None:
    encoder = SentenceEncoder(Model.choose())
    texts = [f"Sentence {number} about a river." * (number + 1) for number in range(8)]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: alone(encoder, text), texts))

    for text, one in zip(texts, found, strict=True):
        assert same(alone(encoder, text).vector, one.vector)


def test_questions_of_all_lengths_are_read_to_their_end_beside_one_another(
    real_encoder: SentenceEncoder,
) -> None:
    texts = ["who " * number for number in (1, 2, 3, 5, 8, 13, 21, 34, 60, 90)] * 30
    expected = {text: real_encoder.encode_questions([text])[0] for text in set(texts)}

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: real_encoder.encode_questions([text])[0], texts))

    for text, one in zip(texts, found, strict=True):
        assert one.spans.tolist() == expected[text].spans.tolist()
        assert same(one.vector, expected[text].vector)


def test_a_question_takes_one_processor_again_after_many_texts(tiny_model: Path) -> None:
    SentenceEncoder(Model.choose(str(tiny_model))).encode_passages([[ARREST]])

    assert torch.get_num_threads() == 1


def test_an_encoder_knows_who_it_is_without_loading_the_model() -> None:
    encoder = SentenceEncoder(Model("missing", "/no/such/folder", languages=frozenset({KK})))

    assert encoder.identity.startswith("missing@")
    assert encoder.speaks(KK)
    assert not encoder.speaks(EN)
    assert encoder.is_needed_for([EN, KK])
    assert not encoder.is_needed_for([EN, RU])


def test_damaged_bundled_weights_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Model.choose().location, tmp_path / "copy")
    flip_last_byte(tmp_path / "copy" / models.WEIGHTS)
    monkeypatch.setattr(models, "_bundled_folder", lambda: tmp_path / "copy")

    with pytest.raises(ModelDamaged):
        SentenceEncoder(Model.choose()).encode_questions(["Who was arrested?"])


def test_prompts_stand_before_the_texts_and_are_no_part_of_them(tiny_model: Path) -> None:
    prompted = SentenceEncoder(Model.choose(str(tiny_model)))
    plain = SentenceEncoder(Model.choose(str(tiny_model), query_prompt="", passage_prompt=""))
    text = "who was arrested"

    (asked,) = prompted.encode_questions([text])
    passage = alone(prompted, text)

    assert same(asked.vector, plain.encode_questions([f"query: {text}"])[0].vector)
    assert same(passage.vector, alone(plain, f"passage: {text}").vector)
    assert not same(asked.vector, passage.vector)
    assert words(text, asked) == words(text, passage) == ["who", "was", "arrested"]
    assert same(asked.tokens, plain.encode_questions([f"query: {text}"])[0].tokens[2:])


def test_a_prompt_stands_once_before_a_paragraph(tiny_model: Path) -> None:
    prompted = SentenceEncoder(Model.choose(str(tiny_model)))
    plain = SentenceEncoder(Model.choose(str(tiny_model), query_prompt="", passage_prompt=""))

    ((first, second),) = prompted.encode_passages([["who was arrested", "the mayor."]])

    whole = alone(plain, "passage: who was arrested the mayor.").tokens
    assert same(first.tokens, whole[2:5])
    assert same(second.tokens, whole[5:])


def test_prompts_of_the_model_itself_are_used_where_none_is_given(tmp_path: Path) -> None:
    folder = make_model(tmp_path, prompts={"query": "who: ", "document": "the: "})
    own = SentenceEncoder(Model.choose(str(folder)))
    plain = SentenceEncoder(Model.choose(str(folder), query_prompt="", passage_prompt=""))

    assert same(own.encode_questions(["mayor"])[0].vector, plain.encode_questions(["who: mayor"])[0].vector)
    assert same(alone(own, "mayor").vector, alone(plain, "the: mayor").vector)
    assert not same(alone(own, "mayor").vector, alone(plain, "mayor").vector)


def test_the_windows_of_a_short_sighted_model_are_short_and_leave_room_for_its_prompt(
    tiny_model: Path,
) -> None:
    encoder = SentenceEncoder(
        Model.choose(str(tiny_model))
    )  # 64 pieces, of which 2 are special and 2 the prompt's
    sentences = ["who was arrested on friday ?"] * 25

    (together,) = encoder.encode_passages([sentences])

    tens = [
        one
        for found in encoder.encode_passages([sentences[:10], sentences[:10], sentences[:5]])
        for one in found
    ]
    assert all(same(one.vector, other.vector) for one, other in zip(together, tens, strict=True))
    assert [len(one.tokens) for one in together] == [6] * 25
    half = "who " * 30 + "?"
    ((first, second),) = encoder.encode_passages([[half, half]])
    assert same(first.tokens, second.tokens), "two of them would fit, but for the prompt"
    assert same(first.vector, alone(encoder, half).vector)


@pytest.mark.parametrize(
    "dimension,pooling,last,has_pieces",
    [
        (16, "mean", "", True),
        (16, "mean", "normalize", True),
        (15, "mean", "", True),
        (16, "mean", "dense", False),
        (16, "cls", "", False),
        (16, "cls", "normalize", False),
        (16, "max", "", False),
    ],
)
def test_only_a_model_whose_vector_is_the_mean_of_its_pieces_has_any(
    tmp_path: Path, dimension: int, pooling: str, last: str, *, has_pieces: bool
) -> None:
    folder = make_model(tmp_path, dimension=dimension, pooling=pooling, last=last)
    encoder = SentenceEncoder(Model.choose(str(folder)))

    ((first, second),) = encoder.encode_passages([["the mayor.", "who was arrested"]])

    length = 8 if last == "dense" else dimension
    assert first.tokens.shape == ((3, length) if has_pieces else (0, length))
    assert first.spans.shape == ((3, 2) if has_pieces else (0, 2))
    assert np.linalg.norm(second.vector) == pytest.approx(1.0)
    assert same(second.vector, own_vector(encoder, "who was arrested")) is not has_pieces, (
        "with pieces a sentence is read in its paragraph, without them alone"
    )
    assert same(alone(encoder, "the mayor.").vector, own_vector(encoder, "the mayor."))


@pytest.mark.parametrize(
    "dimension,pooling,last", [(16, "mean", ""), (15, "mean", ""), (16, "cls", ""), (16, "mean", "dense")]
)
def test_a_model_in_a_folder_finds_and_answers(
    tmp_path: Path, corpus: Corpus, folder: Path, dimension: int, pooling: str, last: str
) -> None:
    put(corpus, "a", ARREST, BRIDGE)
    put(corpus, "b", RUSSIAN, title="Новости", language=RU)
    model = make_model(tmp_path, dimension=dimension, pooling=pooling, last=last)
    engine = Engine(
        folder, corpus, SentenceEncoder(Model.choose(str(model))), calibration=SHOW_ALL, weights=WEIGHTS
    )

    report = engine.refresh()
    answer = engine.ask(Question.parse("Who arrested the former mayor?"))

    assert report.encoded == 3
    assert answer.outcome is Outcome.ANSWERED
    assert answer.evidence[0].quote == ARREST
    assert all(Signal.COSINE in one.signals for one in answer.considered)
    has_pieces = (pooling, last) == ("mean", "")
    assert {Signal.LATE in one.signals for one in answer.considered} == {has_pieces}
    marked = [ARREST[mark.start : mark.end] for mark in answer.evidence[0].marks]
    assert {"arrested", "former", "mayor"} <= set(marked)
    again = Engine(
        folder, corpus, SentenceEncoder(Model.choose(str(model))), calibration=SHOW_ALL, weights=WEIGHTS
    )
    assert not again.refresh().changed
    assert again.ask(answer.question).evidence == answer.evidence


def test_another_prompt_is_another_index(tiny_model: Path, corpus: Corpus, folder: Path) -> None:
    put(corpus, "a", ARREST, BRIDGE)
    encoder = SentenceEncoder(Model.choose(str(tiny_model)))
    other = SentenceEncoder(Model.choose(str(tiny_model), passage_prompt="text: "))

    encoded = [Engine(folder, corpus, each).refresh().encoded for each in (encoder, other, encoder)]

    assert encoded == [2, 2, 0]


SENTENCES = {
    EN: ["The green whale swims.", "The piano broke.", "The sofa sleeps."],
    RU: ["Зеленый кит плывет.", "Пианино сломалось.", "Диван спит."],
    KK: ["Жасыл кит жүзеді.", "Пианино сынды.", "Диван ұйықтайды."],
}
ASKED = {EN: "what green swims", RU: "что зеленый плывет", KK: "не жасыл жүзеді"}


@pytest.fixture(scope="module")
def multilingual(tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
    return SentenceEncoder(Model.choose(str(make_multilingual_model(tmp_path_factory.mktemp("models")))))


def test_translations_have_one_vector(multilingual: SentenceEncoder) -> None:
    for english, russian, kazakh in TRANSLATIONS:
        one, other, third = (alone(multilingual, word).vector for word in (english, russian, kazakh))
        assert same(one, other)
        assert same(one, third)


@pytest.mark.parametrize("of,asked_in", [*combinations((EN, RU, KK), 2), *combinations((KK, RU, EN), 2)])
def test_a_multilingual_model_answers_in_one_language_from_articles_in_another(
    multilingual: SentenceEncoder, corpus: Corpus, folder: Path, of: Language, asked_in: Language
) -> None:
    corpus.put(article("a", "\n".join(SENTENCES[of]), language=of))
    engine = Engine(folder, corpus, multilingual, calibration=SHOW_ALL, weights=WEIGHTS)

    answer = engine.ask(Question(ASKED[asked_in], asked_in))

    best = answer.considered[0]
    assert answer.evidence[0].quote == SENTENCES[of][0]
    assert best.signals[Signal.MEANINGS] == 0, "the vectors alone have found it"
    assert best.signals[Signal.COSINE] > answer.considered[1].signals[Signal.COSINE] + 0.2
    assert answer.outcome is Outcome.CLOSEST, "in another language it is never called the answer"


@pytest.mark.parametrize("language", [EN, RU, KK])
def test_an_article_in_the_questions_language_comes_before_its_translations(
    multilingual: SentenceEncoder, corpus: Corpus, folder: Path, language: Language
) -> None:
    for of, sentences in SENTENCES.items():
        corpus.put(article(of, "\n".join(sentences), title=f"In {of}", language=of))
    engine = Engine(folder, corpus, multilingual, calibration=SHOW_ALL, weights=WEIGHTS)

    answer = engine.ask(Question(ASKED[language], language))

    assert answer.evidence[0].quote == SENTENCES[language][0]
    assert answer.outcome is Outcome.ANSWERED
    assert {one.quote for one in answer.evidence} == {sentences[0] for sentences in SENTENCES.values()}


@pytest.mark.parametrize(
    "name", [models.WEIGHTS, "config.json", "modules.json", "tokenizer.json", "1_Pooling/config.json"]
)
def test_a_model_whose_file_was_cut_off_is_unavailable(tiny_model: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    content = (copy / name).read_bytes()
    (copy / name).write_bytes(content[: len(content) // 2])

    with pytest.raises(ModelUnavailable, match=r"cannot be loaded.*CRISISBOT_MODEL"):
        SentenceEncoder(Model.choose(str(copy))).load()


@pytest.mark.parametrize("name", [models.WEIGHTS, "config.json", "1_Pooling/config.json"])
def test_a_model_without_one_of_its_files_is_unavailable(tiny_model: Path, tmp_path: Path, name: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(tiny_model, copy)
    (copy / name).unlink()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(ModelUnavailable, match=r"cannot be loaded.*CRISISBOT_MODEL"):
            SentenceEncoder(Model.choose(str(copy))).load()
