"""The organisers' page of one judge: sheets, duties, leaving the panel."""
