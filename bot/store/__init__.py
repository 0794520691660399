"""What the desk remembers. The only SQL: SQLite by default, PostgreSQL for replicas."""
