"""The team of an idea: invitations, answers, shares."""
