"""What the tests need besides the program: a PostgreSQL server, a browser, real photographs."""
