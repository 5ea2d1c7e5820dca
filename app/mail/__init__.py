"""Mails that follow events: composed, kept, sent, retried."""
