"""Registers (台账): samples retained, disinfection, morning checks, temperatures, waste, pests."""
