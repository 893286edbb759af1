"""The simulated world: who exists, how much they carry, what that takes in energy."""
