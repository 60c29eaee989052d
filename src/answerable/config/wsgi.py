"""The WSGI application that granian loads."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from answerable.ops.processes import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerable.config.settings")

application = get_wsgi_application()
end_with_parent()
