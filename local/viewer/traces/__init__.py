"""The viewer's traces: the list, one trace, two compared: the door."""
