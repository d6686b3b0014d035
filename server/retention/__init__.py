"""How long evidence is kept, what holds it longer, and what is left of it afterwards."""
