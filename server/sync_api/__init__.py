"""The sync endpoint: the engine of ``sync/`` over HTTP, and which collections there are."""
