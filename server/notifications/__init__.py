"""Telling people: an inbox on their phones, and the channels they chose."""
