"""What Salt's loader looks through."""
