"""How a feature offers its documents to phones: read scope, merge policy, and the service to call."""
