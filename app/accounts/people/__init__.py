"""Everybody with an account, as the administrator sees them: invitations, roles, deactivation."""
