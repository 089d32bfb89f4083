"""Values that cross the borders between kinds of stage: frozen, plain, picklable."""
