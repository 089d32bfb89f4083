"""What a run leaves behind: who a folder belongs to, and the files that are always in it."""
