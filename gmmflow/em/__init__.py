"""EM: the loop, the sweep, and what surrounds them."""
