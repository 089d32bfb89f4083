"""The report page: what is in it, and how it is drawn."""
