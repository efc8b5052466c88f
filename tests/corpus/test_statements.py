from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from corpus.statements import Statement, are_opposite, read_statement, words_of

EN, RU, KK = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH


@pytest.mark.parametrize(
    "sentence,language,numbers",
    [
        ("Twenty-five thousand people and 1,500 police saw 4.5%.", EN, {"25000", "1500", "4.5"}),
        ("Two hundred men, and three dogs at -5.", EN, {"200", "3", "-5"}),
        ("One of them spoke, and no one else.", EN, set()),
        ("Ранены 1 500 человек, двадцать пять тяжело; ущерб 2,5 млн тенге.", RU, {"1500", "25", "2500000"}),
        ("Он видел двоих.", RU, {"2"}),
        ("Он екі адам, жиырма бес мың теңге.", KK, {"12", "25000"}),
        ("Call 123456789012345678 now.", EN, {"123456789012345678"}),
        ("The rate is 435.31, not 435,31.", EN, {"435.31"}),
        ("More than a thousand, and more than five thousand.", EN, {"1000", "5000"}),
        (
            "A million, half a million, two and a half million, half a dozen.",
            EN,
            {"1000000", "500000", "2500000", "6"},
        ),
        (
            "One hundred and five; two thousand three hundred and twelve; twelve hundred.",
            EN,
            {"105", "2312", "1200"},
        ),
        ("Half of them, a third of them, and three quarters; the third man.", EN, {"1/2", "1/3", "1/4", "3"}),
        (
            "Dozens, hundreds, tens of thousands; several thousand. In 2022 thousands came.",
            EN,
            {"12s", "100s", "10000s", "1000s", "2022"},
        ),
        ("Twenty, thirty, and one of a hundred men.", EN, {"20", "30", "100"}),
        ("2 million 300 thousand, and in 2021 two thousand.", EN, {"2300000", "2021", "2000"}),
        ("Более тысячи двухсот, более тысячи, около сотни, свыше ста.", RU, {"1200", "1000", "100"}),
        ("Двести, триста сорок один, девятьсот; к пятистам.", RU, {"200", "341", "900", "500"}),
        (
            "Полторы тысячи, полтора миллиона, полмиллиона, половина миллиона.",
            RU,
            {"1500", "1500000", "500000"},
        ),
        (
            "Два с половиной миллиона, миллион двести тысяч, 1 млн 300 тыс.",
            RU,
            {"2500000", "1200000", "1300000"},
        ),
        (
            "Десятки, сотни, тысячи и десятки тысяч; половина, треть, четверть.",
            RU,
            {"10s", "100s", "1000s", "10000s", "1/2", "1/3", "1/4"},
        ),
        ("Две тысячи, пять тысяч, два десятка, пять сотен.", RU, {"2000", "5000", "20", "500"}),
        ("Екі жүз елу, мың екі жүз, жүзден астам, елуге жуық.", KK, {"250", "1200", "100", "50"}),
        ("Жарты миллион, екі жарым мың, 18 мың 500.", KK, {"500000", "2500", "18500"}),
        ("Бір мың, жартысы.", KK, {"1000", "1/2"}),
        ("Ондаған, жүздеген, мыңдаған адам; бір адам.", KK, {"10s", "100s", "1000s"}),
    ],
)
def test_numbers_are_read_in_digits_and_in_words(
    sentence: str, language: Language, numbers: set[str]
) -> None:
    assert read_statement(sentence, language).numbers == numbers


def test_names_have_capitals_and_days_are_none() -> None:
    read = read_statement("Protesters met Tokayev in Nur-Sultan on Monday, 5 January.", EN)

    assert read.names == {"tokaye", "nur-su"}
    assert read.first == "protes"
    assert read.days == {"monday", "january"}
    assert read_statement("Встреча прошла в среду, 5 января.", RU).days == {"wednesday", "january"}
    assert read_statement("Кездесу сәрсенбіде, 5 қаңтарда өтті.", KK).days == {"wednesday", "january"}


@pytest.mark.parametrize(
    "sentence,language",
    [
        ("ALMATY, Jan 6 (Reuters) - Two men were held in Shu.", EN),
        ("Two men were held in Shu, Reuters reported.", EN),
        ("Two men, AFP reported, citing police, were held in Shu.", EN),
        ("Двое мужчин задержаны в Шу, передаёт «Интерфакс».", RU),
        ("АЛМА-АТА. 6 января. ИНТЕРФАКС — Двое мужчин задержаны в Шу.", RU),
        ("Шуда екі адам ұсталды, деп хабарлайды Азаттық.", KK),
    ],
)
def test_whom_a_copy_has_it_from_is_no_part_of_what_it_says(sentence: str, language: Language) -> None:
    read = read_statement(sentence, language)

    assert read.names <= {"shu", "шу"}
    assert read.numbers == {"2"}
    assert not {"reuter", "afp", "интер", "азатт", "almaty"} & {*read.stems}


def test_denials_negations_and_questions_are_told() -> None:
    assert read_statement("The ministry denied it.", EN).denials == {"denied"}
    assert read_statement("Министерство опровергло слухи.", RU).denials == {"опровергло", "слухи"}
    assert read_statement("Nobody was not there?", EN).negations == {"nobody", "not", "?"}


@pytest.mark.parametrize(
    "one,other,language",
    [
        ("The airport opened.", "The airport closed.", EN),
        ("The airport was reopened.", "The airport was closed.", EN),
        ("He was released.", "He was arrested.", EN),
        ("The ministry confirmed it.", "The ministry denied it.", EN),
        ("The curfew was lifted.", "The curfew was imposed.", EN),
        ("Аэропорт открыли.", "Аэропорт закрыт.", RU),
        ("Его освободили.", "Его задержали.", RU),
        ("Режим ЧП введен.", "Режим ЧП отменён.", RU),
        ("Цены выросли.", "Цены снизились.", RU),
        ("Әуежай ашылды.", "Әуежай жабылды.", KK),
        ("Ол босатылды.", "Ол ұсталды.", KK),
        ("Шектеу енгізілді.", "Шектеу жойылды.", KK),
    ],
)
def test_what_is_opposite_is_told(one: str, other: str, language: Language) -> None:
    mine, theirs = read_statement(one, language).sides, read_statement(other, language).sides

    assert are_opposite(mine, theirs)
    assert not are_opposite(mine, frozenset())


def test_words_are_written_in_one_way() -> None:
    assert words_of("Всё “ОК”: 1 500 ₸ — it’s") == ["все", "ок", "1500", "₸", "it's"]


@given(st.text(), st.sampled_from(Language))
def test_whatever_stands_there_can_be_read(sentence: str, language: Language) -> None:
    read = read_statement(sentence, language)

    assert isinstance(read, Statement)
    assert read.telling <= {*read.words}


@given(st.text("0123456789 ,.-млрдthousandмың²٣", max_size=60))
def test_no_number_is_too_large_or_too_odd(sentence: str) -> None:
    assert all(read_statement(sentence, language).numbers is not None for language in Language)
