"""Articles for tests, as a source would hand them over."""

from corpus.articles import Article

TEXT = (
    "Protests began in Zhanaozen on 2 January. People demanded a lower price of gas.\n\n"
    "The government resigned on 5 January. A state of emergency was declared."
)


def write_article(key: str = "one", **fields: object) -> Article:
    """Write an article; whatever is not said of it is the same for all."""
    raw = {"title": "Protests in Zhanaozen", "text": TEXT, "language": "en", **fields}
    return Article.parse(raw, key=key, obtained="test", source="Test")


def write_long_article(number: int) -> Article:
    """Write the article of that number, of a hundred sentences that stand in no other and are like none."""
    words = ["".join(chr(ord("a") + int(digit)) for digit in str(100 * number + i)[::-1]) for i in range(100)]
    text = " ".join(f"Said {word} to {word}s and {word}er." for word in words)
    return write_article(f"article-{number}", title=f"Article {number}", text=text)
