"""PURE: what is wrong with a filter expression."""

from local.errors import AwsError


class FilterError(AwsError):
    """`position` is the place in the text, counted from 0. X-Ray answers such a text with InvalidRequestException."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__("InvalidRequestException", f"Invalid filter expression, at position {position}: {message}")
        self.position = position
