"""What stands between a person with a file and a model: reading, writing, help, arguments."""
