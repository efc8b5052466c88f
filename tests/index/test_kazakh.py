from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus
from index.kazakh import SHORTEST, stem, strip_case
from index.letters import fold_kazakh, normalise

LETTERS = "абвгдежзийклмнопрстуфхцчшщыьэюяәғқңөұүһі"
ENDINGS = """лар лер дар дер тар тер ы і сы сі ның нің ға ге қа ке да де ды ді ты ті дан ден мен ған ген у ып
    ма ме ал ыл ін сыз лық дағы атын йді"""
WORDS = st.builds(
    lambda root, tail: root + "".join(tail),
    st.text(LETTERS, max_size=8),
    st.lists(st.sampled_from(ENDINGS.split())),
)


@pytest.mark.parametrize(
    "shared,forms",
    [
        ("назарбаев", "назарбаев назарбаевқа назарбаевтың назарбаевты назарбаевпен назарбаевта"),
        ("тоқаев", "тоқаев тоқаевтың тоқаевқа"),
        ("алматы", "алматы алматыда алматыға алматыдан алматының алматыны алматыдағы"),
        (
            "қазақстан",
            "қазақстан қазақстанда қазақстанның қазақстаннан қазақстанға қазақстандағы қазақстанды",
        ),
        ("адам", "адам адамның адамды адамға адамы адамдар адамдардың адамдарға адаммен"),
        ("қаза", "қаза қазасы қазаға"),
        ("қала", "қала қаласы қаласында қаласының қалада қалаға қалалар қаладағы"),
        ("облыс", "облыс облысы облысының облысында облысынан облыстар облыстың"),
        ("министр", "министр министрдің министрлік министрлігі министрлігінің министрліктер министрліктің"),
        ("үкімет", "үкімет үкіметі үкіметінің үкіметті үкіметке"),
        ("қызмет", "қызмет қызметі қызметінен қызметін"),
        ("комитет", "комитет комитеті комитетінің комитетін комитетке"),
        ("теңге", "теңге теңгеге теңгеден теңгесі теңгемен"),
        ("қаңтар", "қаңтар қаңтарда қаңтардың қаңтардағы қаңтарға"),
        ("доллар", "доллар доллардың долларға долларлар"),
        ("сан", "сан саны санын санының сандар сандарды"),
        ("екі", "екі екінші"),
    ],
)
def test_forms_of_a_noun_meet(shared: str, forms: str) -> None:
    assert {stem(form) for form in forms.split()} == {shared}


@pytest.mark.parametrize(
    "shared,forms",
    [
        ("ұста", "ұстады ұсталды ұсталған ұсталғандар ұсталғандардың ұсталғанын ұсталғаны ұстап ұстау"),
        ("қама", "қамады қамалды қамап қамау қамауға қамалғандар"),
        ("бар", "барды барады бармады бару баруға барған барғандар барып барса бармайды"),
        ("бол", "болды болады болған болып болатын болмайтынын болса"),
        ("айт", "айтты айтады айтылды айтқан айтып айту айтуынша"),
        ("жария", "жариялады жарияланды жарияланған жариялау жариялап"),
        ("хабар", "хабарлады хабарлаған хабарлауынша хабарлары хабар"),
        ("жара", "жараланған жараланғандар жараланғанын жараланыпты"),
        ("өлу", "өлді өлген өлгендер өлгенін өледі өліпті өлу"),
    ],
)
def test_forms_of_a_verb_meet(shared: str, forms: str) -> None:
    assert {stem(form) for form in forms.split()} == {shared}


@pytest.mark.parametrize(
    "shared,forms",
    [
        ("кітап", "кітап кітабы кітабын кітаптар"),
        ("дерек", "дерек дерегі деректер дерегінше"),
        ("халық", "халық халқы халқын халықтың халыққа"),
        ("қауіп", "қауіп қауіпсіздік қауіпсіз"),
        ("тап", "тапты тауып табылды тапқан тапқандар"),
        ("шық", "шықты шығып шығады шыққан"),
    ],
)
def test_a_root_gets_back_what_it_loses_before_a_vowel(shared: str, forms: str) -> None:
    assert {stem(form) for form in forms.split()} == {shared}


@pytest.mark.parametrize(
    "word", ["доллар", "қаңтар", "қызыл", "басқа", "сауда", "майдан", "тұрғын", "әкім", "кеңес"]
)
def test_a_word_that_seems_to_have_an_ending_is_left_alone(word: str) -> None:
    assert stem(word) == word


def test_an_ending_must_agree_with_what_it_follows() -> None:
    assert stem("адамдер") == "адамдер"  # front after back
    assert stem("адамтар") == "адамтар"  # a voiceless consonant after a voiced one
    assert stem("адамдар") == "адам"


@pytest.mark.parametrize(
    "one,other", [("қала", "қалды"), ("адам", "адал"), ("ақпан", "ақпарат"), ("газ", "қаза")]
)
def test_different_words_keep_apart(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_large_letters_do_not_matter() -> None:
    assert stem("Назарбаевтың") == stem("НАЗАРБАЕВТЫҢ") == "назарбаев"


@pytest.mark.parametrize("word", ["", "4400", "police", "ұқк-нің", "COVIDтен", "日本"])
def test_what_is_no_cyrillic_word_is_left_alone(word: str) -> None:
    assert stem(word) == word


@given(WORDS)
def test_a_stem_has_three_letters_or_all_of_the_word(word: str) -> None:
    assert len(stem(word)) >= min(SHORTEST, len(word))


@given(WORDS)
def test_a_word_typed_on_a_russian_keyboard_has_the_same_stem(word: str) -> None:
    assert stem(fold_kazakh(word)) == fold_kazakh(stem(word))


@given(WORDS)
def test_a_stem_is_how_the_word_begins_but_for_its_last_letters(word: str) -> None:
    assert word.startswith(stem(word)[:-2])


def test_most_stems_of_the_kazakh_briefs_are_their_own_stem() -> None:
    words = _words_of_the_briefs()

    settled = [word for word in words if stem(stem(word)) == stem(word)]

    assert len(words) > 300
    assert len(settled) / len(words) > 0.95


def test_the_forms_in_the_kazakh_briefs_meet_in_far_fewer_stems() -> None:
    words = _words_of_the_briefs()

    assert len({stem(word) for word in words}) / len(words) < 0.75


def _words_of_the_briefs() -> set[str]:
    briefs = Path(corpus.__file__).parent.glob("bundled/*-kk-*.md")
    texts = [normalise(brief.read_text(encoding="utf-8")) for brief in briefs]
    return {word for text in texts for word in re.findall(f"[{LETTERS}]+", text)}


@pytest.mark.parametrize(
    "form,name",
    [
        ("алматыда", "алматы"),
        ("алматыдағы", "алматы"),
        ("тоқаевқа", "тоқаев"),
        ("мәсімовпен", "мәсімов"),
        ("шойгу", "шойгу"),
    ],
)
def test_a_name_loses_its_case_and_no_more(form: str, name: str) -> None:
    assert strip_case(form) == name
