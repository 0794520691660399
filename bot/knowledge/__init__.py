"""The curated data: its format, its loading, and the validated knowledge base. Knows YAML, not matching."""
