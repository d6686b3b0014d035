"""The WSGI entry point: ``gunicorn wsgi:app`` or ``flask --app wsgi …``."""

import gc
import os

# What is imported stays. Looking through it for garbage takes a third of the start.
gc.disable()

from server.app import create_app
from server.cli import init_cli
from server.config import Settings

app = create_app(Settings.from_env(os.environ))
init_cli(app)
gc.freeze()
gc.enable()
