"""大气污染物核算 platform: half-hourly JSON snapshots with ETag."""
