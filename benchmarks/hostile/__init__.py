"""What hostile people, files and networks send: nothing happens that should not, nobody waits, the answer is clear."""
