"""AWS Lambda's part of the sandbox: Python functions that really run, each in its own process."""
