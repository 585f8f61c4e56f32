"""What the helpers are made of, and readers never import."""
