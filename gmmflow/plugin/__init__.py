"""Finding, loading and listing stages."""
