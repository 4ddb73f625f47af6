"""Tables, engine, queries, the search index and migrations."""
