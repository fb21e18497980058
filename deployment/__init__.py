"""The templates checked without an account: by linters, by our own promises, and by a deployment to a made-up AWS."""

__all__: list[str] = []
