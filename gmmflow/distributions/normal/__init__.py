"""What the Gaussian checks: given parameters, and components that collapsed."""
