"""Write the stems of the Kazakh dictionary's words, which the stemmer takes half a second to find.

python training/stems.py
"""

from corpus.languages import Language
from index.analysis import stem
from index.glosses import entries
from index.meanings import LEXICON


def main() -> None:
    """Write the file."""
    words = dict.fromkeys(word for word, _ in entries(Language.KAZAKH))
    lines = (f"{word}\t{stem(word, Language.KAZAKH)}\n" for word in words)
    (LEXICON / f"stems-{Language.KAZAKH}.tsv").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
