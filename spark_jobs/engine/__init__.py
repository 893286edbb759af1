"""One generic engine per layer; driven by contracts, holding no source or sector by name."""
