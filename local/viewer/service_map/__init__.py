"""The viewer's service map: the door."""
