"""The people who work at a site, and their health certificates."""
