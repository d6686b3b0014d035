"""The evidence pack: everything about one record in a ZIP that proves itself without the server."""
