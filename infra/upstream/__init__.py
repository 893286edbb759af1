"""Simulated upstream platforms: real HTTP servers, each with its own protocol; nothing of the platform is imported."""
