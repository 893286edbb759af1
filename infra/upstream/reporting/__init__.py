"""重点单位报送 platform: JSON, OAuth2 client credentials, cursor paging."""
