"""The laptop's AWS, measured beside moto and ministack: real processes, HTTP on loopback."""
