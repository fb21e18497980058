"""The pages that are made from the code: python -m docs."""

__all__: list[str] = []
