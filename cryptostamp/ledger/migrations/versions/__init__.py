"""The revisions of the schema, oldest first; Alembic reads each as a file of its own."""
