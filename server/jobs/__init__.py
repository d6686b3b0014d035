"""Regular work. One file a job, each a plain function over a session; one process runs them all."""
