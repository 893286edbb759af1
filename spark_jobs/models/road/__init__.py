"""Road vehicles by their records: coaches, urban passenger transport, road freight."""
