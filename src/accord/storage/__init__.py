"""Where everything is kept: PostgreSQL (embedded or given), and the memory model it is held to."""
