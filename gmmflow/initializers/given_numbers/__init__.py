"""Numbers that are given to start from: checked lists, and the files that hold them."""
