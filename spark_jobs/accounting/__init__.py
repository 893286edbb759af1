"""From activity to gases: factors applied, accounts chosen, uncertainty combined. Arrow in, Arrow out; no Spark."""
