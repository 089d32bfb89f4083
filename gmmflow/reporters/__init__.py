"""The `report` slot: who watches the fit and writes results."""
