"""A simulated stack and the story of two hundred orders, played through the real engine."""
