"""The command `cognito-sandbox`: one file a subcommand, each with its `main(arguments)`."""
