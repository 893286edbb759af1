"""能耗在线监测 platform: gzipped CSV, requests signed with HMAC-SM3."""
