"""A person's own account: profile, address, password, browsers, consents, copy of their data."""
