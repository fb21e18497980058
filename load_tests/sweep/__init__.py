"""Sweeps: a function is set to one configuration after another, and each is measured."""
