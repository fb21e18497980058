"""The viewer's Lambda functions: the door."""
