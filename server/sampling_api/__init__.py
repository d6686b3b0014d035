"""Sampling plans over HTTP: what ``python -m sampling`` answers, for the desk and the phones."""
