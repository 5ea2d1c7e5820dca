"""After the lock: the sheets of one idea side by side, for the judges who marked it and for who leads the panel."""
