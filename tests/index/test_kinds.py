from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language
from index.kinds import Kind, asked_for, asks_about_now, has, is_yes_or_no

EN, RU, KK, OTHER = Language.ENGLISH, Language.RUSSIAN, Language.KAZAKH, Language.OTHER


@pytest.mark.parametrize(
    "kind,questions",
    [
        (
            Kind.NUMBER,
            [
                *["How many people died?", "what is the death toll", "How much does gas cost?"],
                *["how many people who protested in January were killed", "What percentage voted?"],
                *[
                    "Сколько человек погибло?",
                    "сколькими голосами",
                    "каково число погибших",
                    "какая цена на газ",
                    "какие цены",
                ],
                *["Неше адам қаза тапты?", "қанша адам", "канша адам олди", "қаншасы"],
            ],
        ),
        (
            Kind.TIME,
            [
                *["When did it begin?", "since when", "What year was it?", "on which day did he resign"],
                *[
                    "Когда это началось?",
                    "в каком году",
                    "какого числа ушло правительство",
                    "во сколько началось",
                ],
                *["Қашан басталды?", "кашан", "қай жылы болды", "қай күні"],
            ],
        ),
        (
            Kind.PERSON,
            [
                *["Who was arrested?", "whom did they detain", "whose house burnt down"],
                *["Кого арестовали?", "кто это", "Кем он был", "чей это дом"],
                *["Кім ұсталды?", "кимди устады", "кімдер келді"],
            ],
        ),
        (
            Kind.PLACE,
            [
                *["Where is he?", "in which city did it begin", "What country sent troops?"],
                *["Где это было?", "откуда войска", "в каком городе начались протесты"],
                *["Қайда болды?", "кайда", "қай қалада басталды"],
            ],
        ),
        (
            Kind.REASON,
            [
                *["Why did they protest?", "what caused the riots", "How come?"],
                *["Почему начались протесты?", "из-за чего", "за что его посадили"],
                *["Неге наразылық басталды?", "неліктен", "не үшін"],
            ],
        ),
        (
            Kind.OTHER,
            ["what is the OSCE", "tell me about Almaty", "расскажи про ОДКБ", "ҰҚК туралы айт", "", "***"],
        ),
    ],
)
def test_a_question_asks_for_one_kind_of_thing(kind: Kind, questions: list[str]) -> None:
    assert {question: asked_for(question) for question in questions} == dict.fromkeys(questions, kind)


@pytest.mark.parametrize("question", ["WHEN?", "КОГДА?", "ҚАШАН?"])
def test_capital_letters_ask_alike(question: str) -> None:
    assert asked_for(question) is Kind.TIME


@pytest.mark.parametrize(
    "question", ["whenever you like", "somewhere", "закончили", "никогданибудь", "wholesale"]
)
def test_a_question_word_inside_another_word_asks_nothing(question: str) -> None:
    assert asked_for(question) is Kind.OTHER


@pytest.mark.parametrize(
    "kind,language,sentence",
    [
        (Kind.NUMBER, EN, "At least 225 people died."),
        (Kind.NUMBER, EN, "Hundreds were held."),
        (Kind.NUMBER, EN, "It cost 4.3m."),
        (Kind.NUMBER, RU, "Погибли двое полицейских."),
        (Kind.NUMBER, RU, "Нет трёх машин."),
        (Kind.NUMBER, RU, "Тысячи вышли на улицы."),
        (Kind.NUMBER, KK, "Жүздеген адам шықты."),
        (Kind.TIME, EN, "It began on Sunday."),
        (Kind.TIME, EN, "The strike of 2011 was put down."),
        (Kind.TIME, RU, "Это случилось утром."),
        (Kind.TIME, RU, "Правительство ушло 5 января."),
        (Kind.TIME, KK, "Ол 5 қаңтарда басталды."),
        (Kind.PERSON, EN, "Then Karim Massimov was arrested."),
        (Kind.PERSON, RU, "Арестован «Карим Масимов»."),
        (Kind.PERSON, KK, "Бұрынғы басшы Кәрім Мәсімов ұсталды."),
        (Kind.PLACE, EN, "It began in Zhanaozen."),
        (Kind.PLACE, KK, "Наразылық «Жаңаөзенде» басталды."),
        (Kind.REASON, EN, "They marched because gas was dear."),
        (Kind.REASON, RU, "Протест начался из-за цен на газ."),
        (Kind.REASON, KK, "Баға үшін шықты."),
    ],
)
def test_a_sentence_has_what_is_asked_for(kind: Kind, language: Language, sentence: str) -> None:
    assert has(kind, sentence, language)


@pytest.mark.parametrize(
    "kind,language,sentence",
    [
        (Kind.NUMBER, EN, "Nobody knows their names."),
        (Kind.NUMBER, RU, "Никто не знает их имён."),
        (Kind.NUMBER, KK, "Ешкім білмейді."),
        (Kind.TIME, EN, "The old bridge was closed."),
        (Kind.TIME, RU, "Мост закрыт."),
        (Kind.TIME, KK, "Көпір жабық."),
        (Kind.PERSON, EN, "The old bridge was closed."),
        (Kind.PERSON, RU, "Мост через реку закрыт."),
        (Kind.PLACE, EN, "He is silent."),
        (Kind.REASON, EN, "The bridge is old."),
        (Kind.REASON, RU, "Мост закрыт."),
        (Kind.REASON, KK, "Көпір жабық."),
    ],
)
def test_a_sentence_has_not_what_is_asked_for(kind: Kind, language: Language, sentence: str) -> None:
    assert not has(kind, sentence, language)


@given(st.text(), st.sampled_from(Language))
def test_where_nothing_in_particular_is_asked_for_any_sentence_has_it(
    sentence: str, language: Language
) -> None:
    assert has(Kind.OTHER, sentence, language)


@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.PLACE])
def test_scripts_without_capital_letters_may_have_names_anywhere(kind: Kind) -> None:
    assert has(kind, "警方逮捕了前市长。", OTHER)
    assert not has(kind, "the former mayor was arrested.", EN)


@given(st.text(), st.text(), st.sampled_from(Language))
def test_no_text_fails(question: str, sentence: str, language: Language) -> None:
    assert has(asked_for(question), sentence, language) in {True, False}


@pytest.mark.parametrize(
    "sentence,language",
    [("Токаев подал в отставку.", Language.RUSSIAN), ("Мамин отставкаға кетті.", Language.KAZAKH)],
)
def test_a_sentence_may_begin_with_a_name_that_no_dictionary_has(sentence: str, language: Language) -> None:
    assert has(Kind.PERSON, sentence, language)


@pytest.mark.parametrize(
    "sentence,language",
    [
        ("Полиция ушла.", Language.RUSSIAN),
        ("Полиция кетті.", Language.KAZAKH),
        ("Он ушёл.", Language.RUSSIAN),
    ],
)
def test_a_word_that_a_dictionary_has_is_no_name(sentence: str, language: Language) -> None:
    assert not has(Kind.PERSON, sentence, language)


def test_a_verb_is_no_month_and_a_korean_no_question() -> None:
    assert not has(Kind.TIME, "You may return and march on.", Language.ENGLISH)
    assert has(Kind.TIME, "It ends on 5 May.", Language.ENGLISH)
    assert has(Kind.TIME, "It ended in March.", Language.ENGLISH)
    assert asked_for("Где Ким Чен Ын?") is Kind.PLACE
    assert asked_for("ким усталды") is Kind.PERSON


@pytest.mark.parametrize(
    "question",
    [
        "is the airport open now?",
        "Are they still there",
        "Сейчас есть интернет?",
        "Әуежай қазір ашық па?",
        "казир кайда",
    ],
)
def test_a_question_may_ask_what_is_so_now(question: str) -> None:
    assert asks_about_now(question)


@pytest.mark.parametrize(
    "question", ["is the airport open?", "Who knows?", "Есть интернет?", "Әуежай ашық па?"]
)
def test_a_question_without_such_a_word_does_not_ask_about_now(question: str) -> None:
    assert not asks_about_now(question)


@pytest.mark.parametrize(
    "question,language",
    [
        ("Тоқаев отставкаға кетті ме?", Language.KAZAKH),
        ("Әуежай ашық па", Language.KAZAKH),
        ("Подал ли Токаев в отставку?", Language.RUSSIAN),
        ("Правда, что Токаев арестован?", Language.RUSSIAN),
        ("Токаев арестован", Language.RUSSIAN),
        ("Did Tokayev resign?", Language.ENGLISH),
        ("so was the airport open", Language.ENGLISH),
        ("Do you know if Tokayev resigned?", Language.ENGLISH),
        ("isn't Massimov in prison?", Language.ENGLISH),
    ],
)
def test_a_question_may_ask_whether_something_is_so(question: str, language: Language) -> None:
    assert is_yes_or_no(question, language)


@pytest.mark.parametrize(
    "question,language",
    [
        ("Кто подал в отставку?", Language.RUSSIAN),
        ("Что сказал Токаев?", Language.RUSSIAN),
        ("Не знаете ли, сколько человек погибло?", Language.RUSSIAN),
        ("число погибших", Language.RUSSIAN),
        ("Кім отставкаға кетті?", Language.KAZAKH),
        ("What did Tokayev do?", Language.ENGLISH),
        ("Do you know how many people died?", Language.ENGLISH),
        ("Can you tell me what Tokayev said?", Language.ENGLISH),
        ("death toll", Language.ENGLISH),
        ("Did Tokayev resign?", Language.OTHER),
    ],
)
def test_a_question_for_a_thing_asks_for_no_yes(question: str, language: Language) -> None:
    assert not is_yes_or_no(question, language)
