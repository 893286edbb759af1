"""Forecasts of any series of energy, CO2 or flow: candidates, rolling-origin choice, calibrated intervals."""
