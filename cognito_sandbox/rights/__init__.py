"""What a call needs, whether its caller may make it, and how it is refused."""
