"""Who keeps the papers of a round's council: a judge of the panel, or somebody of the staff who marks nothing."""
