"""The service: replace this folder by your own. It may import observability, and nothing else of ours."""
