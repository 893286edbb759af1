"""How the platform runs: settings, crypto, processes, simulated upstream, deployment."""
