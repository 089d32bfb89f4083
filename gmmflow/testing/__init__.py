"""The kit that checks a stage against the laws of its kind."""
