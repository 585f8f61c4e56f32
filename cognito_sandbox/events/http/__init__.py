"""HTTP in front of functions: HTTP APIs, REST APIs and function URLs."""
