"""What monitors of other makers read."""
