"""Papers that end: suppliers' licences and health certificates."""
