"""What is really inside an uploaded file. Imports nothing of the app, so that a small process can run it alone."""
