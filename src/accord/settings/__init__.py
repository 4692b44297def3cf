"""What Accord is told: the accord file, the settings of each system, secrets, its own process."""
