"""How a feature offers its documents to phones: who reads, how they merge, which service writes."""
