"""Templates with their seams marked and their constant parts folded: what depends on the language alone is put together
once a language.

A page of the desk has some two hundred tags that say the same to everybody who reads the language: words, addresses
of pages and files, icons. After a template is compiled, each run of them becomes one node that keeps its text. Before
that, the spaces between its parts are marked: whether one is needed is known when a page is made (see flow).
"""

from __future__ import annotations

from typing import Any

from django.template import Node, NodeList
from django.template.base import TextNode, TokenType, Variable
from django.template.defaulttags import IfNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import get_script_prefix
from django.utils.translation import get_language

from answerable.ui.flow import with_seams
from answerable.ui.templatetags import ui as tags

#: Tags of ours that look at nothing but their arguments and the language.
PLAIN_TAGS = frozenset({tags.icon, tags.state})


class Loader(cached.Loader):
    """Django's cached loader, marking and folding each template when it is first loaded."""

    def get_template(self, template_name: str, skip: Any = None) -> Any:
        known = self.get_template_cache.get(self.cache_key(template_name, skip))
        found = super().get_template(template_name, skip)
        if known is not found:
            mark_seams(found.nodelist)
            fold(found.nodelist)
        return found


class Folded(TextNode):
    """Nodes whose text is the same whenever language and prefix are. A text, so that it may stand before `extends`."""

    def __init__(self, nodes: list[Node]) -> None:
        super().__init__("")
        self.nodes = nodes
        self.texts: dict[tuple[str | None, str, bool], str] = {}
        self.token, self.origin = nodes[0].token, nodes[0].origin

    def render(self, context: Any) -> str:
        key = (get_language(), get_script_prefix(), context.autoescape)
        text = self.texts.get(key)
        if text is None:
            text = "".join([str(node.render_annotated(context)) for node in self.nodes])
            self.texts[key] = text
        return text

    def render_annotated(self, context: Any) -> str:
        return self.render(context)


def mark_seams(nodes: NodeList) -> None:
    """Mark the seams in a list of compiled nodes and in all below it, in place."""
    for node in nodes:
        if type(node) is TextNode:
            node.s = with_seams(node.s)
        for below in _below(node):
            mark_seams(below)


def fold(nodes: NodeList) -> None:
    """Fold a list of compiled nodes and all below it, in place."""
    folded: list[Node] = []
    run: list[Node] = []
    for node in nodes:
        if type(node) is TextNode or is_constant(node):
            run.append(node)
            continue
        _close(run, folded)
        folded.append(node)
        for below in _below(node):
            fold(below)
    _close(run, folded)
    nodes[:] = folded


def _close(run: list[Node], folded: list[Node]) -> None:
    if all(type(node) is TextNode for node in run):
        folded.extend(run)
    else:
        folded.append(Folded(run[:]))
    run.clear()


def _below(node: Node) -> list[NodeList]:
    if isinstance(node, IfNode):
        return [branch for _condition, branch in node.conditions_nodelists]
    found = [getattr(node, name, None) for name in dict.fromkeys(("nodelist", *node.child_nodelists))]
    return [each for each in found if isinstance(each, NodeList)]


def is_constant(node: Node) -> bool:
    """Whether a node's text depends on the language (and where the site lies) alone, and it leaves nothing behind."""
    if isinstance(node, TranslateNode):
        return not node.asvar and _all_given(node.filter_expression, node.message_context)
    if isinstance(node, BlockTranslateNode):
        return (
            not (node.asvar or node.extra_context or node.plural or node.countervar)
            and _all_given(node.message_context)
            and all(token.token_type == TokenType.TEXT for token in node.singular)
        )
    if isinstance(node, StaticNode):
        return node.varname is None and _all_given(node.path)
    if isinstance(node, URLNode):
        return not (node.asvar or node.args or node.kwargs) and _all_given(node.view_name)
    if type(node) is SimpleNode:
        plain = node.func in PLAIN_TAGS and node.target_var is None
        return plain and _all_given(*node.args, *node.kwargs.values())
    return False


def _all_given(*expressions: Any) -> bool:
    """Whether each is written out in the template; None is."""
    return all(each is None or _is_given(each) for each in expressions)


def _is_given(expression: Any) -> bool:
    variable = expression.var
    return not expression.filters and not (isinstance(variable, Variable) and variable.literal is None)
