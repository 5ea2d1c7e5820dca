"""People, units, roles, sessions, consents and guardians; hands on a person with roles."""
