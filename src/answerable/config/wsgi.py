"""The WSGI application that granian loads."""

from __future__ import annotations

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from answerable.ops.processes import end_with_parent, keep_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerable.config.settings")

application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)  # every page's code, so that the first request need not load it
keep_what_is_loaded()
end_with_parent()
