"""A viewer over the laptop's own rooms: real sockets, real boto3, real databases."""
