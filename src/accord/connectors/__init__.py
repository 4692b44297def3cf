"""One folder per system and nothing else."""
