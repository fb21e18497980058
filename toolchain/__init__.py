"""The virtual environments behind the Makefile. venv.sh finds a Python, venv.py fills the environment."""

__all__: list[str] = []
