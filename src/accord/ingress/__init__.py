"""Brokers in front of the receivers: deliveries wait there while the database is away."""
