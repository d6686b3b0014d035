"""What the first screen shows: how deliveries have gone, in a few figures."""
