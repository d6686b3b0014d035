"""The page at ``/``: plain files, no build step. It sees nothing that the API does not give it."""
