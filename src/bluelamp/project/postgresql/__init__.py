"""PostgreSQL with a schema of its own for each alias but the first."""
