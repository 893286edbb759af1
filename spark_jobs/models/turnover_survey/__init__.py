"""Sampling survey of ship turnover intensity: plan, draw, estimate."""
