"""The `transform` slot: what happens to rows first."""
