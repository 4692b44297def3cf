"""What Accord answers over HTTP: hooks from systems, pages for people."""
