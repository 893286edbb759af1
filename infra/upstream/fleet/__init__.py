"""Simulated positions of trucks (JT/T 808 fields) and the true fuel of every vehicle-hour, from driving at 1 Hz."""
