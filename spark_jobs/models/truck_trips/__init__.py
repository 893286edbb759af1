"""`lake model truck-trips` (module 141): trips, stops, purposes, home base, routes and OD of trucks from positions."""
