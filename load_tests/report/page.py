"""PURE: stub."""


def page(document):
    return ""
