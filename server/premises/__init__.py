"""What is inspected at a site: its units (who answers for it) and its places (where it is)."""
