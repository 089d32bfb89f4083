"""The `data` slot: where rows come from."""
