"""What runs inside Superset: configuration, audit, language pack, pages."""
