"""船舶能耗数据 platform: XML, API key, page numbers."""
