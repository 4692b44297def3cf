"""What a status means: pure functions over facts. No input or output, no clock, no chance."""
