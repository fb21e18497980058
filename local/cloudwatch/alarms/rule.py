"""PURE: AlarmRule's text -> what it asks of which alarms, and whether it holds ("Composite alarms", CloudWatch)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from local.errors import AwsError

MOST_CHILDREN = 100
MOST_ELEMENTS = 500  # child alarms, TRUE, FALSE and pairs of parentheses
STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
_CONSTANTS = {"TRUE": True, "FALSE": False}
_BINDING = {"OR": 1, "AND": 2, "NOT": 3}
_TOKEN = re.compile(r'\s*(?:([(),])|"((?:[^"\\]|\\.)*)"|([^\s(),"][^\s(),]*))')
_AMOUNT = re.compile(r"([1-9][0-9]*)(%?)")
_ALARM_ARN = re.compile(r"arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.+)", re.DOTALL)
_OPERAND = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class Condition:
    """At least `least` of the alarms (their names) are in `state`; if `negated`, are in another."""

    state: str
    alarms: tuple[str, ...]
    least: int = 1
    negated: bool = False

    def holds(self, states: Mapping[str, str]) -> bool:
        """An alarm that is missing is in no state."""
        found = sum((states.get(alarm) == self.state) != self.negated for alarm in self.alarms)
        return found >= self.least


Step: TypeAlias = Condition | bool | str


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """`steps` in reverse Polish notation: an expression as deep as 10,240 characters allow needs no recursion. `arns`:
    what it mentions by ARN, and not by name.
    """

    text: str
    steps: tuple[Step, ...]
    arns: tuple[str, ...] = ()

    @property
    def children(self) -> tuple[str, ...]:
        """The names of the alarms that it mentions, each once, in the order of the text."""
        mentioned = (alarm for step in self.steps if isinstance(step, Condition) for alarm in step.alarms)
        return tuple(dict.fromkeys(mentioned))

    def holds(self, states: Mapping[str, str]) -> bool:
        """`states`: an alarm's name -> its state."""
        stack: list[bool] = []
        for step in self.steps:
            if isinstance(step, Condition):
                stack.append(step.holds(states))
            elif isinstance(step, bool):
                stack.append(step)
            elif step == "NOT":
                stack.append(not stack.pop())
            else:
                right, left = stack.pop(), stack.pop()
                stack.append((left and right) if step == "AND" else (left or right))
        return stack[0]


def parse_alarm_rule(text: str) -> AlarmRule:
    """Raises AwsError (ValidationError) in AWS's words: what stands where, and what should."""
    parser = _Parser(text)
    rule = AlarmRule(text, parser.steps(), tuple(parser.arns))
    if len(rule.children) > MOST_CHILDREN:
        _refuse(f"{len(rule.children)} alarms, at most {MOST_CHILDREN} are allowed")
    return rule


def alarm_name(reference: str) -> str:
    """The alarm's name, of its name or its ARN."""
    arn = _ALARM_ARN.fullmatch(reference)
    return arn[1] if arn else reference


@dataclass(frozen=True, slots=True)
class _Token:
    """`at` counts characters from 0, as AWS's messages do. `word` is empty for what stood in quotation marks."""

    text: str
    at: int
    quoted: bool = False

    @property
    def word(self) -> str:
        return "" if self.quoted else self.text


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._token = next(self._tokens)
        self._output: list[Step] = []
        self._operators: list[str] = []
        self._elements = 0
        self.arns: list[str] = []

    def steps(self) -> tuple[Step, ...]:
        """Dijkstra's shunting-yard: operators wait until what binds tighter is written."""
        self._operand()
        while self._token.text:
            token = self._take()
            if token.word == ")" and "(" in self._operators:
                self._write_down_to("(")
                self._operators.pop()
            elif token.word in ("AND", "OR"):
                self._write_binding_at_least(_BINDING[token.word])
                self._operators.append(token.word)
                self._operand()
            else:
                _unexpected(token, "')', 'AND' or 'OR'" if "(" in self._operators else "'AND' or 'OR'")
        if "(" in self._operators:
            _unexpected(self._token, "')'")
        self._write_down_to("(")
        return tuple(self._output)

    def _operand(self) -> None:
        while (token := self._take()).word in ("(", "NOT"):
            self._operators.append(token.word)
            self._count(token.word == "(")
        word = token.word
        if word in STATES:
            self._condition(word)
        elif word == "AT_LEAST":
            self._at_least()
        elif word.upper() in _CONSTANTS:
            self._output.append(_CONSTANTS[word.upper()])
            self._count(1)
        else:
            _unexpected(token, _OPERAND)

    def _condition(self, state: str) -> None:
        self._expect("(")
        alarm = self._alarm()
        self._expect(")")
        self._output.append(Condition(state, (alarm,)))

    def _at_least(self) -> None:
        self._expect("(")
        amount = self._take()
        self._expect(",")
        negated = self._token.word == "NOT"
        if negated:
            self._take()
        state = self._take()
        if state.word not in STATES:
            _unexpected(state, "ALARM, OK or INSUFFICIENT_DATA")
        self._expect(",")
        alarms = self._alarms()
        self._expect(")")
        self._output.append(Condition(state.text, alarms, _least(amount, len(alarms)), negated))

    def _alarms(self) -> tuple[str, ...]:
        self._expect("(")
        alarms = [self._alarm()]
        while self._token.word == ",":
            self._take()
            alarms.append(self._alarm())
        self._expect(")")
        return tuple(alarms)

    def _alarm(self) -> str:
        token = self._take()
        if not token.quoted and token.text in ("", "(", ")", ","):
            _unexpected(token, "an alarm's name or ARN")
        self._count(1)
        name = alarm_name(token.text)
        if name != token.text:
            self.arns.append(token.text)
        return name

    def _expect(self, text: str) -> None:
        token = self._take()
        if token.word != text:
            _unexpected(token, f"'{text}'")

    def _take(self) -> _Token:
        token = self._token
        self._token = next(self._tokens, token)
        return token

    def _count(self, elements: int) -> None:
        self._elements += elements
        if self._elements > MOST_ELEMENTS:
            _refuse(f"more than {MOST_ELEMENTS} elements: alarms, TRUE, FALSE and pairs of parentheses")

    def _write_down_to(self, stop: str) -> None:
        while self._operators and self._operators[-1] != stop:
            self._output.append(self._operators.pop())

    def _write_binding_at_least(self, binding: int) -> None:
        while self._operators and _BINDING.get(self._operators[-1], 0) >= binding:
            self._output.append(self._operators.pop())


def _tokens(text: str) -> Iterator[_Token]:
    """The last one is empty: the end."""
    at = 0
    while found := _TOKEN.match(text, at):
        sign, quoted, word = found.groups()
        if quoted == "":
            _refuse(f"an empty name at char {found.start(2) - 1}")
        if quoted is None:
            yield _Token(sign or word, found.start(1 if sign else 3))
        else:
            yield _Token(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL), found.start(2) - 1, quoted=True)
        at = found.end()
    rest = text[at:].strip()
    if rest:
        _refuse(f"a quotation mark without its second at char {text.index(rest, at)}")
    yield _Token("", len(text))


def _least(amount: _Token, alarms: int) -> int:
    found = _AMOUNT.fullmatch(amount.word)
    if not found or (found[2] and int(found[1]) > 100):
        _unexpected(amount, "a number of alarms from 1, or a percentage from 1% to 100%")
    return -(-int(found[1]) * alarms // 100) if found[2] else int(found[1])


def _unexpected(token: _Token, right: str) -> NoReturn:
    _refuse(f"Unsupported token '{token.text or 'end of rule'}' at char {token.at}, must be: {right}")


def _refuse(what: str) -> NoReturn:
    raise AwsError("ValidationError", f"Error in AlarmRule [{what}]")
