"""PURE: texts that can be written."""

from collections.abc import Sequence


def whole_text(text: str) -> str:
    """An escape of JSON can leave half a character, which has no UTF-8: it becomes U+FFFD."""
    if text.isascii():  # which Python knows of a text, and most are
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def whole_texts(texts: Sequence[str]) -> list[str]:
    """Each, as whole_text() has it."""
    return list(texts) if all(map(str.isascii, texts)) else list(map(whole_text, texts))


def size_of(text: str) -> int:
    """In bytes of UTF-8; of a whole text."""
    return len(text) if text.isascii() else len(text.encode())


def sizes_of(texts: Sequence[str]) -> list[int]:
    """Of each, as size_of() has it."""
    return list(map(len, texts)) if all(map(str.isascii, texts)) else list(map(size_of, texts))
