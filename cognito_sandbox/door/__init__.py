"""The front door: who may come in, how much a request may hold, and what every answer carries."""
