"""Lambda on a laptop: the Runtime API, sandboxes that run the real runtime client, and their limits."""
