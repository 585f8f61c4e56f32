"""What a sandbox keeps in a file, so that the next one goes on where it ended."""
