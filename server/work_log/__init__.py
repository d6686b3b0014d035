"""The work log (工作日志) of a site: the simplest synced collection."""
