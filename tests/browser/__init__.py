"""The page in a real browser, on the service as its users start it."""
