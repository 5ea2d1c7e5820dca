"""Files of an idea: taken in, taken out."""
