"""gunicorn's settings for the bare endpoint: the service's own, without its background threads."""

from __future__ import annotations

from server import gunicorn_conf as _service

bind, workers, threads = _service.bind, _service.workers, _service.threads
worker_class, reuse_port = _service.worker_class, _service.reuse_port
timeout, keepalive = _service.timeout, _service.keepalive
accesslog, errorlog, loglevel = _service.accesslog, _service.errorlog, _service.loglevel
control_socket_disable = _service.control_socket_disable
