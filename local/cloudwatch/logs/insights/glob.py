"""PURE: parse with asterisks: what stands between the literal parts of a text."""


def cut(parts: tuple[str, ...], text: str) -> tuple[str, ...] | None:
    """The texts for the asterisks between `parts`, each as short as can be, the last to the end if nothing follows it.
    None when the parts are not in the text, in this order.
    """
    at = text.find(parts[0])
    if at < 0:
        return None
    at += len(parts[0])
    found: list[str] = []
    for number, part in enumerate(parts[1:], 1):
        end = len(text) if not part and number == len(parts) - 1 else text.find(part, at)
        if end < 0:
            return None
        found.append(text[at:end])
        at = end + len(part)
    return tuple(found)
