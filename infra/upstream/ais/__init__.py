"""Simulated AIS stations: all ships in the waters of Shanghai, as received in hourly files."""
