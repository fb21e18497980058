"""The HTTP routes: thin. Parse, call service/items.py, answer."""
