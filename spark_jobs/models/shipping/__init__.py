"""Fuel and CO2 of ships: reported fuel, voyages, positions, a year from particulars, and the CII."""
