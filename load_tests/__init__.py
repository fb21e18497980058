"""Locust runs and sweeps."""
