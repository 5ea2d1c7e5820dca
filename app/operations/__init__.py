"""Whether the site is well: health addresses, the doctor, and when each job last ran."""
