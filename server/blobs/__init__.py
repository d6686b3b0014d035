"""Where bytes are kept, by their SHA-256: one small port and a driver for each kind of place."""
