"""PURE: a composite alarm's rule as a tree: what must hold, and what of it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.cloudwatch.alarms.rule import Condition, parse_alarm_rule
from local.errors import AwsError

_WORDS = {"AND": "all of", "OR": "any of", "NOT": "not"}


@dataclass(frozen=True, slots=True)
class Node:
    """`words` say what it asks for; `alarm` is the name where it asks for one alarm; `holds`: whether it is so now."""

    words: str
    holds: bool
    alarm: str = ""
    state: str = ""
    parts: tuple["Node", ...] = ()


def rule_tree(text: str, alarms: Mapping[str, Any]) -> Node | None:
    """`alarms` are those it mentions, by name. None where the rule can't be read: then its text says it."""
    try:
        steps = parse_alarm_rule(text).steps
    except AwsError:
        return None
    states = {name: str(alarm["StateValue"]) for name, alarm in alarms.items()}
    stack: list[Node] = []
    for step in steps:
        if isinstance(step, Condition):
            stack.append(_condition(step, states))
        elif isinstance(step, bool):
            stack.append(Node("TRUE" if step else "FALSE", step))
        elif step == "NOT":
            part = stack.pop()
            stack.append(Node(_WORDS["NOT"], not part.holds, parts=(part,)))
        else:
            right, left = stack.pop(), stack.pop()
            holds = (left.holds and right.holds) if step == "AND" else (left.holds or right.holds)
            stack.append(Node(_WORDS[step], holds, parts=(*_flat(left, step), *_flat(right, step))))
    return stack[0]


def children(text: str) -> tuple[str, ...]:
    """The names of the alarms that a rule mentions."""
    try:
        return parse_alarm_rule(text).children
    except AwsError:
        return ()


def _flat(node: Node, step: str) -> tuple[Node, ...]:
    """`a AND b AND c` is one list of three."""
    return node.parts if node.words == _WORDS[step] and node.parts else (node,)


def _condition(condition: Condition, states: Mapping[str, str]) -> Node:
    if len(condition.alarms) == 1:
        name = condition.alarms[0]
        words = f"not {condition.state}" if condition.negated else condition.state
        return Node(words, condition.holds(states), name, states.get(name, "not there"))
    parts = tuple(
        Node(
            condition.state,
            (states.get(name) == condition.state) != condition.negated,
            name,
            states.get(name, "not there"),
        )
        for name in condition.alarms
    )
    return Node(f"at least {condition.least} of", condition.holds(states), parts=parts)
