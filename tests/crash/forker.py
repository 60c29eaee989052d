"""The application's processes, forked from one that has everything imported: a start costs milliseconds.

    python -m tests.crash.forker          reads a JSON object a line, answers with one a line

What runs in a fork is what `answerable serve` and `answerable worker` run (the WSGI application, worker.run),
told by its environment where the database and the gateways are. `test_real_processes.py` has the commands themselves.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from contextlib import suppress
from typing import Any


def main() -> None:
    import django

    django.setup()
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import get_resolver

    from answerable.ops import worker  # noqa: F401 - imported once, for all forks

    application = WSGIHandler()
    _warm_up(get_resolver())
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        wish = json.loads(line)
        listener = socket.create_server(("127.0.0.1", wish.get("port", 0)), backlog=64)
        pid = os.fork()
        if pid == 0:
            _be(wish, listener, application)
        print(json.dumps({"pid": pid, "port": listener.getsockname()[1]}), flush=True)
        listener.close()


def _warm_up(resolver: Any) -> None:
    """What a process reads once, read once for all forks: views, sentences, packs, the pages' templates."""
    from django.template import loader
    from django.utils import translation

    from answerable.cases import packs

    resolver.url_patterns  # noqa: B018
    for language in ("zh-hans", "en"):
        with translation.override(language):
            translation.gettext("Send")
    packs.load_pack("generic")
    for name in ("portal/receipt.html", "portal/check.html", "counter/receipt.html", "desk/case.html"):
        loader.get_template(name)


def _be(wish: dict[str, Any], listener: socket.socket, application: Any) -> None:
    """Become the process that was wished for; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    code = 1
    try:
        _settle(wish)
        if wish["role"] == "web":
            _serve(listener, application)
        else:
            listener.close()
            _work(wish)
        code = 0
    finally:
        with suppress(Exception):
            sys.stderr.flush()
        os._exit(code)


def _settle(wish: dict[str, Any]) -> None:
    from django.conf import settings
    from django.db import connection

    connection.settings_dict.update(wish["database"])
    for name, value in wish.get("settings", {}).items():
        setattr(settings, name, value)


def _serve(listener: socket.socket, application: Any) -> None:
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    class Handler(WSGIRequestHandler):
        def log_message(self, *_args: object) -> None:
            pass

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_name, server.server_port = "127.0.0.1", listener.getsockname()[1]
    server.setup_environ()
    server.set_app(application)
    server.serve_forever()


def _work(wish: dict[str, Any]) -> None:
    from answerable.ops import worker

    if wish.get("loop"):
        next(loop for loop in worker.LOOPS if loop.name == wish["loop"]).work()
    elif wish.get("once"):
        worker.run_once()
    else:
        worker.run()


if __name__ == "__main__":
    main()
