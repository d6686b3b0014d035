"""Planning: which inspections are due when, by whom, and which of them by lot."""
