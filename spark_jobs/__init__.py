"""Everything up to gold.emission: sources, sectors, models, one generic engine per layer."""
