"""交通行业数据交换平台: one simulated server by which the sectors' own systems hand over registers and operations."""
