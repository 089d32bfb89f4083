"""The `init` slot: where EM starts."""
