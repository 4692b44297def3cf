"""The ways to customers: mail and a signed webhook. All the talking, none of the deciding."""
