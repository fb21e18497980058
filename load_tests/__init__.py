"""Load tests, sweeps of configurations, and what they tell. The same code for the laptop and for AWS."""
