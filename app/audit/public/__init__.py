"""The public face of the record: heads, bundles, and what they protect against."""
