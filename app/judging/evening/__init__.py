"""The hours in which a judge marks: the way in, anchors first, the pack for a lost network."""
