"""The service: the only place that knows Flask, SQLAlchemy, Pillow and APScheduler."""
