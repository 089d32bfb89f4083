"""The `model.distribution` slot: what a component is."""
