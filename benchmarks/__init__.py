"""How fast the service and the local Lambda are, side by side with the floor, in one run: python -m benchmarks."""
