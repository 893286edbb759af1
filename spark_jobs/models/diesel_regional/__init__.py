"""`lake model diesel-regional` (module 144): fuel, CO2, NOx and PM of heavy diesel trucks from their positions."""
