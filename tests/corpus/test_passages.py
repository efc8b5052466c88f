import subprocess
import sys
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.languages import Language
from corpus.passages import LONGEST_SENTENCE, Passage, Span, split

ODD = (
    *("\n\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\t", "\u00a0"),
    *("\u200b", "\u200d", "\u202e", "\u0301", "\ufeff", "😀", "👨‍👩‍👧", "«", "»", "“", "”", '"', "'", "’"),
    *(
        "(",
        ")",
        "[",
        "— ",
        "– ",
        "- ",
        "• ",
        "1. ",
        "2) ",
        "а) ",
        "# ",
        "...",
        "…",
        ". ",
        "! ",
        "? ",
        "; ",
        ": ",
    ),
    *(
        "?» — сказал ",
        ", ",
        "U.S. ",
        "5 января 2022 г. ",
        "2022 ж. 5 ",
        "т.д. ",
        "К.-Ж. К. ",
        "Қ.К. ",
        "мир",
        "A",
    ),
    *("Tokayev", "x" * 900, "слово " * 120, "سلام", "世界。"),
)

texts = st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=4))).map("".join))


def quotes(text: str, language: Language = Language.ENGLISH) -> list[str]:
    return [text[passage.sentence.start : passage.sentence.end] for passage in split(text, language)]


def paragraphs(text: str, language: Language = Language.ENGLISH) -> list[str]:
    spans = dict.fromkeys(passage.paragraph for passage in split(text, language))
    return [text[span.start : span.end] for span in spans]


@given(texts, st.sampled_from(Language))
@example("\ud800 A. \udfff B", Language.ENGLISH)
@example('" "A', Language.ENGLISH)
def test_every_solid_character_is_in_exactly_one_sentence(text: str, language: Language) -> None:
    covered = [0] * len(text)
    for passage in split(text, language):
        for offset in range(passage.sentence.start, passage.sentence.end):
            covered[offset] += 1
    for count, letter in zip(covered, text, strict=True):
        assert count == 1 or (count == 0 and letter.isspace())


@given(texts, st.sampled_from(Language))
def test_offsets_are_in_order_and_inside_their_paragraph(text: str, language: Language) -> None:
    last = 0
    for passage in split(text, language):
        sentence, paragraph = passage.sentence, passage.paragraph
        assert 0 <= paragraph.start <= sentence.start < sentence.end <= paragraph.end <= len(text)
        assert last <= sentence.start
        last = sentence.end


@given(texts, st.sampled_from(Language))
def test_sentences_are_trimmed_and_short_enough_to_quote(text: str, language: Language) -> None:
    for quote in quotes(text, language):
        assert quote == quote.strip()
        assert 1 <= len(quote) <= LONGEST_SENTENCE


@given(texts, st.sampled_from(Language))
def test_the_same_text_is_always_cut_alike(text: str, language: Language) -> None:
    assert split(text, language) == split(text, language)


def test_offsets_count_characters_and_not_bytes() -> None:
    assert split("Да 😀. Нет.\n\nYes.", Language.RUSSIAN) == (
        Passage(Span(0, 5), Span(0, 10)),
        Passage(Span(6, 10), Span(0, 10)),
        Passage(Span(12, 16), Span(12, 16)),
    )


@pytest.mark.parametrize("text", ["", " ", "\n\n \r\n", "\u2028"])
def test_a_text_of_white_space_has_no_sentences(text: str) -> None:
    assert split(text, Language.ENGLISH) == ()


def test_without_blank_lines_each_line_is_a_paragraph() -> None:
    assert paragraphs("Protest grows\nPeople came. They sang\r\nand left.") == [
        "Protest grows",
        "People came. They sang",
        "and left.",
    ]


def test_soft_wraps_are_undone_between_blank_lines() -> None:
    text = "The president, who had\nspoken on Friday, said\nnothing. He left.\n\nThe end."
    assert quotes(text) == [
        "The president, who had\nspoken on Friday, said\nnothing.",
        "He left.",
        "The end.",
    ]


def test_a_full_line_wraps_even_after_a_full_stop_or_before_a_name() -> None:
    wrapped = (
        "On the fifth of January the commission, led by Col.\nOmarov, met some of the men and women in\nOral."
    )
    assert paragraphs(f"{wrapped}\n\nIt left.") == [wrapped, "It left."]


def test_lines_that_look_complete_are_paragraphs() -> None:
    text = "He came at noon.\nShe left at ten!\n«Где?»\n\nThe end."
    assert paragraphs(text) == ["He came at noon.", "She left at ten!", "«Где?»", "The end."]


def test_headlines_and_list_items_are_paragraphs() -> None:
    text = (
        "# Brief\nWhat is known\nThe airport is closed in:\n- Almaty, where\n  it burned\n* Aktobe\n1. Oral\n"
        "а) Атырау\n– Шымкент\n\nThe end."
    )
    assert paragraphs(text) == [
        "# Brief",
        "What is known",
        "The airport is closed in:",
        "- Almaty, where\n  it burned",
        "* Aktobe",
        "1. Oral",
        "а) Атырау",
        "– Шымкент",
        "The end.",
    ]


@pytest.mark.parametrize("quotation", ["«Мы никуда отсюда не уйдём»,", "«Где вы?»"])
def test_an_attribution_on_the_next_line_is_no_list_item(quotation: str) -> None:
    said = f"{quotation}\n— сказал водитель."
    assert quotes(f"{said}\n\nЕго поддержали.", Language.RUSSIAN) == [said, "Его поддержали."]


@pytest.mark.parametrize(
    "language,sentences",
    [
        (Language.ENGLISH, ["Gen. Omarov and Lt. Col. Lee left the U.S. on Jan. 5.", "J. R. Smith did not."]),
        (Language.ENGLISH, ["“Who fired?” he asked.", "No.", "He left at 5 p.m. on Monday."]),
        (
            Language.ENGLISH,
            ["“We wait. We stay,” she said.", "“And then?”", "Yahoo! and others were blocked."],
        ),
        (Language.ENGLISH, ["See No. 5 and p. 4.", "eBay went down.", "(It came back.)", "Well done! 👏"]),
        (Language.RUSSIAN, ["«Кто стрелял?» — спросил он.", "Ущерб — 3,5 млн. долларов и т.д.", "Он вырос."]),
        (Language.RUSSIAN, ["К.-Ж. К. Токаев приехал в г. Алматы на ул. Абая.", "В 2019 г. Токаев победил."]),
        (Language.RUSSIAN, ["Впервые так было в 1986 г.", "Это помнят.", "Он молчал…", "Потом ушёл."]),
        (
            Language.RUSSIAN,
            ["«Ждём, — сказал мэр.", "— Помощь придёт».", "Погибли 19 человек.", "225 тел опознали."],
        ),
        (Language.KAZAKH, ["«Кім атты?» – деп сұрады журналист.", "2022 ж. 5 қаңтарда Қ.К. Тоқаев сөйледі."]),
        (
            Language.KAZAKH,
            ["2019 ж. Алматы қ. тұрғыны Ә. Әлімов келді.", "Нан, су т.б. қымбаттады.", "Ол кетті."],
        ),
    ],
)
def test_abbreviations_initials_dates_and_quotations_end_no_sentence(
    language: Language, sentences: list[str]
) -> None:
    assert quotes(" ".join(sentences), language) == sentences


def test_a_long_quotation_is_cut_at_the_ends_of_its_sentences() -> None:
    inside = ["We shall not leave the square before somebody comes and talks to us."] * 9
    text = f"She said: “{' '.join(inside)}” Then she left."
    assert quotes(text) == [f"She said: “{inside[0]}", *inside[1:-1], f"{inside[-1]}”", "Then she left."]


def test_a_table_without_full_stops_is_cut_after_semicolons() -> None:
    text = "; ".join(f"город {number}, погибших {number}" for number in range(100))
    found = quotes(text, Language.RUSSIAN)
    assert " ".join(found) == text
    assert all(quote.endswith(";") for quote in found[:-1])
    assert min(len(quote) for quote in found[:-1]) > LONGEST_SENTENCE // 2


def test_a_text_without_any_place_to_cut_is_cut_anyway() -> None:
    assert [len(quote) for quote in quotes("x" * 2_500)] == [1_000, 1_000, 500]


@pytest.mark.parametrize("piece", ["Слово за слово. ", "x", "«", "a. ", "и т.д. "])
def test_time_grows_with_the_length_and_not_with_its_square(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        start = time.perf_counter()
        split(text, Language.RUSSIAN)
        return time.perf_counter() - start

    seconds(10_000)
    assert seconds(800_000) < 8 * 6 * max(seconds(100_000), 0.01)


def test_five_megabytes_in_one_line_are_cut() -> None:
    sentence = "Комендантский час в Алматы длился с 23:00 до 7:00, сказал К. К. Токаев. "
    text = sentence * (5_000_000 // len(sentence))
    assert len(split(text, Language.RUSSIAN)) == 5_000_000 // len(sentence)


def test_the_library_is_loaded_only_to_cut() -> None:
    program = "import sys, corpus.passages; print('sentencex' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
