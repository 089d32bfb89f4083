"""The `run` slot: where the work is done."""
