"""Flow and emission of heavy diesel trucks at roads and key points: hourly to 7 days, monthly to 12 months."""
