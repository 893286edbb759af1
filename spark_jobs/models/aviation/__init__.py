"""Fuel and CO2 of aircraft: from flight records, from trajectories, per hour."""
