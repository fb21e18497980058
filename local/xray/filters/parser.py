"""PURE: the text of a filter expression -> what it says.

Source: AWS page "Using filter expressions". NOT and ! bind closest, then AND, then OR; expressions that stand side by
side are joined by AND, as in its example `ok !partial duration <3`. Keywords and words are taken in any case, as its
examples write them; values are not.
"""

from typing import Literal, cast

from local.errors import NotSupported
from local.xray.filters.errors import FilterError
from local.xray.filters.expressions import (
    All,
    Cause,
    CauseOf,
    CausePart,
    Comparison,
    Edge,
    Either,
    Expression,
    Group,
    Not,
    Service,
    ServiceName,
)
from local.xray.filters.reader import Reader
from local.xray.filters.tokens import Kind, Token, tokens
from local.xray.filters.vocabulary import CAUSES, EQUALITY, KEYWORDS, OPERATORS, ORDER, SORTS, WORDS, Scope, Sort

MAX_DEPTH = 50  # ours: brackets within brackets
_ID_MEMBERS = {"name": "name", "type": "type", "account.id": "account"}


def parse_filter(text: str) -> Expression:
    """Raises FilterError, with the position of what is wrong, and NotSupported for what the laptop cannot know."""
    parser = _Parser(tokens(text))
    found = parser.either(Scope.TRACE, 0)
    parser.end()
    return found


def parse_selector(text: str) -> Service | Edge:
    """The EntitySelectorExpression of GetTimeSeriesServiceStatistics: one id(), service() or edge()."""
    parser = _Parser(tokens(text))
    found = parser.selector()
    parser.end()
    return found


class _Parser(Reader):
    def either(self, scope: Scope, depth: int) -> Expression:
        parts = [self._all(scope, depth)]
        while self.take_word("or"):
            parts.append(self._all(scope, depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def selector(self) -> Service | Edge:
        token = self.token
        if token.is_word("id"):
            return Service(self._service_name())
        if token.is_word("service", "edge"):
            self.step()
            return cast("Service | Edge", self._complex(token, 0))
        raise FilterError(f"{token} where id(), service() or edge() was expected", token.position)

    def _all(self, scope: Scope, depth: int) -> Expression:
        parts = [self._not(scope, depth)]
        while self.take_word("and") or not self._ends():
            parts.append(self._not(scope, depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _ends(self) -> bool:
        return self.token.kind is Kind.END or self.token.is_mark(")", "}") or self.token.is_word("or")

    def _not(self, scope: Scope, depth: int) -> Expression:
        negated = False
        while self.take_mark("!") or self.take_word("not"):
            negated = not negated
        found = self._one(scope, depth)
        return Not(found) if negated else found

    def _one(self, scope: Scope, depth: int) -> Expression:
        token = self.step()
        if token.is_mark("("):
            return self._inside(scope, depth, token, ")")
        if token.kind is not Kind.WORD:
            raise FilterError(f"{token} where a keyword was expected", token.position)
        if token.is_word("service", "edge") or token.text.lower().startswith(("group.", "rootcause.")):
            if scope is not Scope.TRACE:
                raise FilterError(f"{token} cannot be used inside {scope.value}", token.position)
            return self._complex(token, depth)
        return self._comparison(token, scope)

    def _inside(self, scope: Scope, depth: int, opening: Token, closing: str) -> Expression:
        if depth == MAX_DEPTH:
            raise FilterError(f"nested more than {MAX_DEPTH} deep", opening.position)
        found = self.either(scope, depth + 1)
        self.expect(closing)
        return found

    def _where(self, scope: Scope, depth: int) -> Expression | None:
        opening = self.token
        if not self.take_mark("{"):
            return None
        return self._inside(scope, depth, opening, "}")

    def _complex(self, token: Token, depth: int) -> Expression:
        word = token.text.lower()
        if word == "service":
            (of,) = self._service_names(token, (0, 1)) or (ServiceName(),)
            return Service(of, self._where(Scope.SERVICE, depth))
        if word == "edge":
            source, destination = self._service_names(token, (0, 2)) or (ServiceName(), ServiceName())
            return Edge(source, destination, self._where(Scope.EDGE, depth))
        if word in ("group.name", "group.arn"):
            return self._group("name" if word == "group.name" else "arn")
        return self._cause(token, depth)

    def _group(self, by: Literal["name", "arn"]) -> Group:
        operator = self._operator(f"group.{by}", EQUALITY)
        return Group(by, "=" if operator == "=" else "!=", self._text(f"group.{by}"))

    def _cause(self, token: Token, depth: int) -> Cause:
        """AWS does not say how it finds response time root causes, so nothing that asks for them can be answered."""
        _, of, *rest = token.text.lower().split(".")
        if of in ("json", "responsetime"):
            raise NotSupported(f"filter expression: {token.text} (response time root causes are not known here)")
        part = rest[0] if len(rest) == 1 else ""
        if of not in ("fault", "error") or part not in CAUSES:
            raise FilterError(f"{token} is no root cause", token.position)
        where = self._where(CAUSES[part], depth)
        return Cause(cast("CauseOf", of), cast("CausePart", part), where)

    def _service_names(self, token: Token, counts: tuple[int, ...]) -> list[ServiceName]:
        self.expect("(")
        names: list[ServiceName] = []
        while not self.take_mark(")"):
            if names:
                self.expect(",")
            names.append(self._service_name())
        if len(names) not in counts:
            wanted = " or ".join(str(count) for count in counts)
            raise FilterError(f"{token.text}() takes {wanted} services, not {len(names)}", token.position)
        return names

    def _service_name(self) -> ServiceName:
        token = self.step()
        if token.kind is Kind.TEXT:
            return ServiceName(token.text)
        if not token.is_word("id"):
            raise FilterError(f"{token} where a service's name in quotes or id() was expected", token.position)
        self.expect("(")
        members: dict[str, str] = {}
        while not self.take_mark(")"):
            if members:
                self.expect(",")
            member = self.step()
            if not member.is_word(*_ID_MEMBERS):
                raise FilterError(f"{member} where name, type or account.id was expected", member.position)
            self.expect(":")
            members[_ID_MEMBERS[member.text.lower()]] = self._text(member.text)
        return ServiceName(**members)

    def _comparison(self, token: Token, scope: Scope) -> Comparison:
        keyword, key = self._keyword(token, scope)
        sort = SORTS[keyword]
        if not (self.token.is_mark("=", "!=", "<", "<=", ">", ">=") or self.token.is_word(*WORDS)):
            return Comparison(keyword, key)
        operator = self._operator(keyword, OPERATORS[sort])
        if sort is Sort.ANY and operator not in EQUALITY:
            sort = Sort.NUMBER if operator in ORDER else Sort.STRING
        return Comparison(keyword, key, operator, self._value(keyword, sort))

    def _keyword(self, token: Token, scope: Scope) -> tuple[str, str]:
        keyword, dot, rest = token.text.partition(".")
        key = ""
        if keyword.lower() == "annotation":
            keyword, key = "annotation", rest if dot else self._bracketed()
            if dot and scope is not Scope.TRACE:
                raise FilterError(f"{token} cannot be used inside {scope.value}: annotation[key] can", token.position)
        else:
            keyword = token.text.lower()
        if keyword not in SORTS or (dot and keyword == "annotation" and not key):
            raise FilterError(f"{token} is no keyword", token.position)
        if keyword not in KEYWORDS[scope]:
            raise FilterError(f"{token} cannot be used about {scope.value}", token.position)
        if keyword == "coverage":
            raise NotSupported("filter expression: coverage (response time root causes are not known here)")
        return keyword, key

    def _bracketed(self) -> str:
        self.expect("[")
        token = self.step()
        if token.kind not in (Kind.WORD, Kind.TEXT, Kind.NUMBER):
            raise FilterError(f"{token} where an annotation's key was expected", token.position)
        self.expect("]")
        return token.text

    def _operator(self, keyword: str, allowed: tuple[str, ...]) -> str:
        token = self.step()
        if token.kind is Kind.TEXT or token.text.lower() not in allowed:
            wanted = " ".join(allowed).upper()
            raise FilterError(f"{token} where one of {wanted} was expected after {keyword}", token.position)
        return token.text.lower()

    def _value(self, keyword: str, sort: Sort) -> str | float | bool:
        token = self.step()
        said, bare = token.text.lower(), token.kind is Kind.WORD
        if said in ("true", "false") and (sort is Sort.BOOLEAN or (sort is Sort.ANY and bare)):
            return said == "true"
        if sort in (Sort.NUMBER, Sort.ANY) and token.kind is Kind.NUMBER:
            return float(token.text)
        if sort in (Sort.STRING, Sort.ANY) and token.kind in (Kind.WORD, Kind.TEXT):
            return token.text
        raise FilterError(f"{token} where {sort.value} was expected after {keyword}", token.position)

    def _text(self, keyword: str) -> str:
        return str(self._value(keyword, Sort.STRING))
