"""PURE: texts that can be written."""


def whole_text(text: str) -> str:
    """An escape of JSON can leave half a character, which has no UTF-8: it becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
