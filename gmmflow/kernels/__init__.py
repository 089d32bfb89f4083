"""The work of a sweep on one block: densities and statistics, as plain picklable values."""
