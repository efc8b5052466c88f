from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpus
from index.letters import fold_kazakh, latin_kazakh_to_cyrillic, normalise, strip_diacritics

KAZAKH = "абвгдежзийклмнопрстуфхцчшщыьэюяәғқңөұүһі"
TYPED = st.text(
    "".join({*KAZAKH, *KAZAKH.upper(), *"abcehikmoptxyzABCEHKMOPTXYZéïı'’-ёЁ \u0301\u00ad"}), max_size=12
)


@pytest.mark.parametrize(
    "text,normal",
    [
        ("Ёлка", "елка"),
        ("за́мок", "замок"),
        ("Й", "й"),
        ("ＮＡＴＯ", "nato"),
        ("Nazarbayev’s", "nazarbayev's"),
        ("Elyséeʼs", "elysée's"),
        ("İstanbul", "istanbul"),
        ("STRASSE straße", "strasse strasse"),
        ("Алма\u00adты", "алматы"),
        ("ﬁre", "fire"),
        ("", ""),
    ],
)
def test_a_text_is_written_in_one_way(text: str, normal: str) -> None:
    assert normalise(text) == normal


@pytest.mark.parametrize(
    "mixed,word",
    [
        ("Tокаев", "токаев"),  # a Latin T
        ("Hазарбаев", "назарбаев"),  # a Latin H, which is no һ
        ("кaзaх", "казах"),  # Latin a
        ("Алмaты, Oрал и Kиев", "алматы, орал и киев"),
        ("жаhан", "жаһан"),  # a small Latin h is no н
        ("Nаzаrbayev", "nazarbayev"),  # Cyrillic а
        ("СOVID", "covid"),  # a Cyrillic С
        ("СCCP", "cccp"),  # only look-alikes: the script of most letters
        ("СССP", "ссср"),
    ],
)
def test_a_word_of_two_scripts_becomes_one_of_the_script_it_was_meant_in(mixed: str, word: str) -> None:
    assert normalise(mixed) == word


def test_a_foreign_word_with_an_ending_stays_as_it_is() -> None:
    assert normalise("iPhoneға COVIDтен Reuters-тің") == "iphoneға covidтен reuters-тің"


@given(TYPED)
def test_what_is_normal_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_kazakh_letters_become_what_a_russian_keyboard_has() -> None:
    assert (
        fold_kazakh("қазақ әке ғалым аң өмір ұлт үй іс қаһарман")
        == "казак аке галым ан омир улт уй ис кахарман"
    )
    assert fold_kazakh("Қ Ә І") == "К А И"


@given(st.text())
def test_folding_keeps_every_letter_in_its_place(text: str) -> None:
    assert len(fold_kazakh(text)) == len(text)


@pytest.mark.parametrize(
    "word,bare",
    [
        ("nazarbaïev", "nazarbaiev"),
        ("türkiye", "turkiye"),
        ("Kassym-Jomart", "Kassym-Jomart"),
        ("jağdaı", "jagdai"),
        ("ərdoğan", "ardogan"),
        ("łódź", "lodz"),
        ("якийсь їй ёлка", "якийсь їй ёлка"),  # Cyrillic letters are whole
    ],
)
def test_latin_letters_lose_their_accents(word: str, bare: str) -> None:
    assert strip_diacritics(word) == bare


@pytest.mark.parametrize(
    "typed,kazakh",
    [
        ("qansha adam qamaldy", "қанша адам қамалды"),
        ("kansha adam kaza tapty", "қанша адам қаза тапты"),
        ("qansha adam qaza tapti", "қанша адам қаза тапты"),
        ("kansha adam oldi", "қанша адам өлді"),
        ("ne boldy", "не болды"),
        ("zhanaozende ne boldi", "жанаозенде не болды"),
        ("kimdi ustady", "кімді ұстады"),
        ("adamnin almatida", "адамнын алматыда"),
        ("zhagdai bolmaidy", "жағдай болмайды"),
        ("tenge", "теңге"),
        ("biylik uaqytsha", "билік уақытша"),
        ("tötenşe jağdai qazaqstannyñ", "төтенше жағдай қазақстанның"),  # 2021
        ("nūrsūltan ükımet bılık", "нұрсұлтан үкімет білік"),
        ("tótenshe jaǵdaı úkimet", "төтенше жағдай үкімет"),  # 2018
        ("to'tens'e jag'dai' u'kimet", "төтенше жағдай үкімет"),  # 2017
        ("shyqty zhuyk kham", "шықты жуық хам"),
    ],
)
def test_kazakh_in_latin_letters_becomes_cyrillic(typed: str, kazakh: str) -> None:
    assert " ".join(map(latin_kazakh_to_cyrillic, typed.split())) == kazakh


# The alphabets in which no word is ambiguous but for loans; "chat" has no accents at all.
ALPHABETS = {
    "2021": "ә=ä ғ=ğ қ=q ң=ñ ө=ö у=u ұ=ū ү=ü ш=ş і=ı и=i й=i",
    "2018": "ә=á ғ=ǵ қ=q ң=ń ө=ó у=ý ұ=u ү=ú ш=sh і=i и=ı й=ı",
    "2017": "ә=a' ғ=g' қ=q ң=n' ө=o' у=y' ұ=u ү=u' ш=s' ч=c' і=i и=i' й=i'",
    "chat": "ә=a ғ=g қ=q ң=n ө=o у=u ұ=u ү=u ш=sh і=i и=i й=i",
}
SHARED = """а=a б=b в=v г=g д=d е=e ж=j з=z к=k л=l м=m н=n о=o п=p р=r с=s т=t ф=f х=h ц=ts ы=y ч=ch я=ya
    ю=yu ь= э=e"""


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_nearly_all_words_of_the_kazakh_briefs_come_back_from_latin_letters(alphabet: str) -> None:
    table = str.maketrans(dict(pair.split("=") for pair in f"{SHARED} {ALPHABETS[alphabet]}".split()))
    briefs = Path(corpus.__file__).parent.glob("bundled/*-kk-*.md")
    texts = [normalise(brief.read_text(encoding="utf-8")) for brief in briefs]
    words = {word for text in texts for word in re.findall(f"[{KAZAKH}]+", text)}

    back = [word for word in words if _folded_back(word.translate(table)) == fold_kazakh(word)]

    assert len(words) > 300
    assert len(back) / len(words) > 0.95


def _folded_back(latin: str) -> str:
    return fold_kazakh(latin_kazakh_to_cyrillic(latin))


@pytest.mark.parametrize("word", ["қазақ", "iphoneға", "4400", "", "'", "don’t", "日本"])
def test_what_is_no_word_in_latin_letters_is_left_alone(word: str) -> None:
    assert latin_kazakh_to_cyrillic(word) == word


@given(st.from_regex("[a-zäöüūğñşıáóúǵńý][a-zäöüūğñşıáóúǵńý']{0,11}", fullmatch=True))
def test_no_latin_letter_is_left_of_a_latin_word(word: str) -> None:
    assert not re.search("[a-z]", latin_kazakh_to_cyrillic(word))
