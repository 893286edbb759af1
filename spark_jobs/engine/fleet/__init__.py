"""Positions of whole fleets: landed files → silver files of whole vehicles → sums by vehicle-hour and cell-hour."""
