import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.languages import Language, detect

ARTICLES = {
    Language.ENGLISH: (
        "The government resigned after several days of protests against the price of gas. In the "
        "country's largest city a crowd entered the town hall, and the airport was closed."
    ),
    Language.RUSSIAN: (
        "Правительство ушло в отставку после нескольких дней протестов против цен на газ. В крупнейшем "
        "городе страны толпа вошла в здание акимата, а аэропорт закрыли. Об этом сообщил Қасым-Жомарт "
        "Тоқаев."
    ),
    Language.KAZAKH: (
        "Үкімет газ бағасына қарсы бірнеше күнге созылған наразылықтан кейін отставкаға кетті. Елдің ең "
        "ірі қаласында халық әкімдік ғимаратына кірді, ал әуежай жабылды."
    ),
}

OTHER_ARTICLES = {
    "French": (
        "Le gouvernement a démissionné après plusieurs jours de manifestations contre le prix du gaz. "
        "Dans la plus grande ville du pays, la foule est entrée dans la mairie et l'aéroport a été "
        "fermé."
    ),
    "German": (
        "Die Regierung ist nach mehreren Tagen voller Proteste gegen den Gaspreis zurückgetreten. In der"
        " größten Stadt des Landes drang eine Menge ins Rathaus ein, und der Flughafen wurde "
        "geschlossen."
    ),
    "Turkish": (
        "Hükümet, gaz fiyatına karşı günlerce süren protestoların ardından istifa etti. Ülkenin en büyük"
        " kentinde kalabalık belediye binasına girdi ve havalimanı kapatıldı."
    ),
    "Ukrainian": (
        "Уряд пішов у відставку після кількох днів протестів проти ціни на газ. У найбільшому місті "
        "країни натовп увійшов до будівлі мерії, а аеропорт було закрито."
    ),
    "Kyrgyz": (
        "Өкмөт газ баасына каршы бир нече күндүк нааразылыктардан кийин отставкага кетти. Өлкөнүн эң чоң"
        " шаарында элдер мэриянын имаратына кирип, аэропорт жабылды."
    ),
    "Arabic": (
        "استقالت الحكومة بعد أيام من الاحتجاجات على ارتفاع أسعار الغاز. وفي أكبر مدن البلاد اقتحم "
        "المحتجون مبنى البلدية وأغلق المطار أمام جميع الرحلات الجوية."
    ),
}


@pytest.mark.parametrize(
    "question",
    [
        "who was arrested?",
        "CSTO",
        "Tokayev",
        "Who is Дархан Шарипов?",
        "what does Қаңтар mean",
        "when did it end",
    ],
)
def test_short_questions_in_latin_letters_are_english(question: str) -> None:
    assert detect(question) is Language.ENGLISH


@pytest.mark.parametrize(
    "question",
    [
        "кто арестован",
        "Назарбаев где?",
        "ОДКБ",
        "Кто такой Қасым-Жомарт Тоқаев?",
        "Что такое Қаңтар?",
        "что писала The New York Times?",
        "Кто основал McKinsey & Company?",
    ],
)
def test_a_russian_question_may_hold_kazakh_and_english_names(question: str) -> None:
    assert detect(question) is Language.RUSSIAN


@pytest.mark.parametrize(
    "question", ["Кім ұсталды?", "Назарбаев қайда", "ҰҚШҰ", "газ бағасы", "интернет өшті ме"]
)
def test_one_kazakh_letter_makes_a_question_kazakh(question: str) -> None:
    assert detect(question) is Language.KAZAKH


@pytest.mark.parametrize(
    "question", ["назарбаев кайда", "ким усталды", "Агроценоз деген не?", "неше адам каза тапты"]
)
def test_kazakh_typed_without_kazakh_letters_is_told_by_its_words(question: str) -> None:
    assert detect(question) is Language.KAZAKH


@pytest.mark.parametrize(
    "question",
    [
        "qansha adam qamaldy",
        "kansha adam kaza tapty",
        "Kim qamaldy?",
        "nege internet joq",
        "Prezident qaıda, ne bolıp jatır",
        "toqaev qamauga alyndy ma",
        "internet kashan kosyldy",
        "nazarbaev kazir kaida",
    ],
)
def test_kazakh_in_latin_letters_is_told_by_its_words(question: str) -> None:
    assert detect(question) is Language.KAZAKH


@pytest.mark.parametrize(
    "question", ["Qatar flights", "iraq war dead", "kim jong un", "adam smith", "who is Kim"]
)
def test_names_in_latin_letters_make_no_question_kazakh(question: str) -> None:
    assert detect(question) is Language.ENGLISH


@pytest.mark.parametrize(
    "question",
    [
        "skolko chelovek pogiblo",
        "skol'ko soldat ODKB",
        "kto arestovan?",
        "Gde Tokaev",
        "chto on skazal",
        "do kogda komendantskiy chas",
        "rabotaet li aeroport",
        "shto delat esli net interneta",
        "v kakom gorode nachalsya protest",
    ],
)
def test_russian_in_latin_letters_is_told_by_its_words(question: str) -> None:
    assert detect(question) is Language.RUSSIAN


@pytest.mark.parametrize(
    "question", ["what is kto", "Pravda newspaper in Moscow", "Li Na", "to do", "who is Gde"]
)
def test_a_russian_word_makes_no_english_question_russian(question: str) -> None:
    assert detect(question) is Language.ENGLISH


@pytest.mark.parametrize("text", ["", " \n", "?!", "225", "😀", "أين الرئيس", "在哪里"])
def test_a_text_without_latin_or_cyrillic_letters_is_other(text: str) -> None:
    assert detect(text) is Language.OTHER


@pytest.mark.parametrize("language", ARTICLES)
def test_articles_are_told_apart(language: Language) -> None:
    assert detect(ARTICLES[language]) is language


@pytest.mark.parametrize("name", OTHER_ARTICLES)
def test_an_article_in_a_language_the_bot_does_not_speak_is_other(name: str) -> None:
    assert detect(OTHER_ARTICLES[name]) is Language.OTHER


@given(st.text())
def test_any_text_has_a_language(text: str) -> None:
    assert detect(text) in set(Language)


def test_a_question_is_told_without_loading_the_model() -> None:
    program = (
        "import sys; from corpus.languages import detect; detect('who?'); print('py3langid' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
