"""Photos: what is known of them, their bytes, and who may see them."""
