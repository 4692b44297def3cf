"""The use cases: receive, interpret, propagate, poll. Each talks to the world through ports."""
