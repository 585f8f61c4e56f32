"""Small helpers for learning Amazon Cognito's Lambda triggers; import the module that you need."""
