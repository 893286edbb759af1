"""AIS messages of all ships in an area: received files → silver files of whole ships → ship-hours and cell-hours."""
