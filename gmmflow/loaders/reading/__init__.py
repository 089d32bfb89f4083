"""What the loaders of files share: finding, parsing, checking and cutting into chunks."""
