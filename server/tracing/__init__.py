"""From a batch number of a supplier to everything that knows of it, and back."""
