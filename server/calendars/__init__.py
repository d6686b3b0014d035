"""Kitchen time: working days, meals, and the deadlines that are stated in them."""
