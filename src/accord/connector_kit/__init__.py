"""What every connector is made of: its declaration, sign-in, limits, signatures, simulators."""
