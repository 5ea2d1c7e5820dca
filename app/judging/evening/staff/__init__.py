"""What organisers prepare for the evening: links, cards, anchors."""
