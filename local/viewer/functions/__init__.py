"""The viewer's Lambda functions: the door."""

from local.viewer.functions.pages import FUNCTION_PAGES

__all__ = ["FUNCTION_PAGES"]
