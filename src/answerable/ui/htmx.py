"""One view, two answers: the whole page, or the part of it that htmx asked for."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import Template, loader
from django.template.backends.django import Template as BackendTemplate
from django.template.context import make_context
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext, BlockNode, ExtendsNode
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from answerable.ui.flow import flowed


class SeeOther(HttpResponseRedirect):
    """303: after a write, look here. A reload never sends the form again."""

    status_code = 303


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the reader to `url` after a write, by htmx or without it."""
    if _wants_part(request):
        return HttpResponseClientRedirect(url)
    return SeeOther(url)


def page_or_part(
    request: HttpRequest, template: str, part: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The page `template`, or only its `{% block part %}` where htmx asks for it.

    Raises TemplateDoesNotExist for an unknown template and LookupError for an unknown block.
    """
    if _wants_part(request):
        response = HttpResponse(render_block(template, part, context, request), status=status)
    else:
        response = HttpResponse(loader.render_to_string(template, context, request), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_block(template: str, block: str, context: dict[str, Any], request: HttpRequest) -> str:
    """One block of a template, with inheritance. Variables set by tags outside of it are not known in it."""
    found = cast(BackendTemplate, loader.get_template(template))
    outer = cast(Template, found.template)
    values = make_context(context, request, autoescape=True)
    with values.render_context.push_state(outer), values.bind_template(outer):
        blocks = BlockContext()
        current: Template | None = outer
        while current is not None:
            nodes = current.nodelist
            blocks.add_blocks(
                {n.name: n for n in nodes.get_nodes_by_type(BlockNode) if isinstance(n, BlockNode)}
            )
            extends = next((n for n in nodes if isinstance(n, ExtendsNode)), None)
            current = extends.get_parent(values) if extends else None
        values.render_context[BLOCK_CONTEXT_KEY] = blocks
        node = blocks.get_block(block)
        if node is None:
            raise LookupError(f"{template} has no block {block!r}")
        return flowed(str(node.render(values)))


def _wants_part(request: HttpRequest) -> bool:
    details: HtmxDetails | None = getattr(request, "htmx", None)
    if not details:
        return False
    return not details.boosted and not details.history_restore_request
