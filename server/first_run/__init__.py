"""The first run: how a fresh server without the demo comes to belong to somebody, once."""
