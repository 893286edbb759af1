"""Electricity of bridge-type cranes from masses, paths, speeds and efficiencies."""
