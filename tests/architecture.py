"""The house's rules as functions: a repository's root -> what breaks the rule there, one sentence each."""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

#: What each room may import of the others: a room, or a single module of it. tests/ may import anything.
ARROWS: Mapping[str, tuple[str, ...]] = {
    "observability": (),
    "service": ("observability",),
    "dashboards": ("observability.catalogue", "service.metrics"),
    "local": (),
    "load_tests": (),
    "benchmarks": ("service", "observability", "local"),
    "artifact": (),
    "deployment": (),
    "toolchain": (),
    "docs": ("observability", "service", "local"),
}
#: Files that may read the environment, because everything else gets it as an argument.
READS_ENVIRONMENT = frozenset(
    {
        "artifact/__main__.py",  # composition root
        "artifact/bytecode.py",  # hands it on to the compiler
        "artifact/layer.py",  # hands it on to uv
        "benchmarks/apps/in_process.py",  # gives the trace header there, as Lambda does
        "benchmarks/stack.py",  # hands it on to the stack it measures
        "deployment/__main__.py",  # composition root
        "load_tests/__main__.py",  # composition root
        "local/commands.py",  # composition root
        "load_tests/laptop.py",  # hands it on to the stack that it starts
        "local/lambda_runtime/limits.py",  # what an argument is by default
        "local/lambda_runtime/stdlib_runtime.py",  # a runtime client: the environment is how Lambda talks to it
        "observability/cold_start.py",  # fast_imports() without an environment
        "observability/fastapi.py",  # observe() without settings
        "observability/invocation.py",  # Lambda gives each invocation's trace header there
        "service/handler.py",  # composition root
        "toolchain/venv.py",  # hands it on to pip
    }
)
#: The one file with import-time effects, ...
EFFECTS = frozenset({"service/handler.py"})
#: ... and the folder of the handlers that it is measured against.
HANDLERS = "benchmarks/apps/"
#: The only files of observability/ that may import more than the standard library, and what.
INTEGRATIONS: Mapping[str, tuple[str, ...]] = {
    "observability/cold_start.py": ("fastapi", "pydantic"),
    "observability/fastapi.py": ("fastapi", "starlette"),
    "observability/invocation.py": ("mangum",),
    "observability/snapshot.py": ("snapshot_restore_py",),
    "observability/log_handler.py": ("aws_lambda_powertools",),
    "observability/tracing/installed.py": ("opentelemetry",),
    "observability/tracing/otel.py": ("opentelemetry",),
    "observability/tracing/propagator.py": ("opentelemetry",),
    "observability/tracing/provider.py": ("opentelemetry",),
    "observability/tracing/signing.py": ("botocore",),
    "observability/tracing/xray_sdk.py": ("aws_xray_sdk",),
}
MOST_LINES = 300
#: Modules that reach out of the process, or are never twice the same: a file that says PURE uses none of them, ...
IMPURE = (
    "asyncio",
    "boto3",
    "http.client",
    "random",
    "secrets",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "uuid",
)
#: ... and of these two only what depends on nothing but its arguments.
HALF_PURE: Mapping[str, frozenset[str]] = {
    "os": frozenset({"path", "pathsep", "sep", "linesep"}),
    "time": frozenset({"gmtime", "strftime", "struct_time"}),
}
#: Calls that a module's constants may not make.
EFFECTFUL = frozenset(
    {"open", "print", "input", "read_text", "read_bytes", "getenv", "client", "connect", "run", "Popen"}
)


@dataclass(frozen=True)
class Import:
    """One import statement's module, and whether it runs when its file is imported."""

    module: str
    line: int
    at_import: bool

    @property
    def top(self) -> str:
        return self.module.split(".")[0]


@dataclass(frozen=True)
class Source:
    """A Python file of a room: `name` is its path below the root."""

    name: str
    text: str

    @property
    def room(self) -> str:
        return self.name.split("/")[0]

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imports(self) -> list[Import]:
        return list(_imports(self.tree, at_import=True))


def sources(root: Path, rooms: Iterable[str] = ARROWS) -> Iterator[Source]:
    for room in rooms:
        for path in sorted((root / room).rglob("*.py")):
            yield Source(path.relative_to(root).as_posix(), path.read_text())


def wrong_arrows(root: Path) -> list[str]:
    """An import of another room that no arrow allows. (The arrows have no cycle, so the rooms have none.)"""
    return [
        f"{source.name}:{found.line} imports {found.module}, which {source.room} may not"
        for source in sources(root)
        for found in source.imports
        if found.top in {*ARROWS, "tests"} - {source.room} and not _allowed(found.module, ARROWS[source.room])
    ]


def unknown_rooms(root: Path) -> list[str]:
    """A folder with Python in it that has no place in the arrows."""
    folders = {path.relative_to(root).parts[0] for path in root.glob("[a-z]*/**/*.py")}
    return [f"{folder}/ has no arrows" for folder in sorted(folders - {*ARROWS, "tests", "build"})]


def open_doors(root: Path) -> list[str]:
    """An __init__.py that does more than import, or whose __all__ isn't exactly what it imports, sorted."""
    return [
        f"{source.name}: {fault}"
        for source in sources(root)
        if source.name.endswith("/__init__.py")
        for fault in _door_faults(source.tree)
    ]


def foreign_imports(root: Path) -> list[str]:
    """observability/ importing more than the standard library and itself outside its integrations."""
    own = {*sys.stdlib_module_names, "observability"}
    return [
        f"{source.name}:{found.line} imports {found.module}"
        for source in sources(root, ["observability"])
        for found in source.imports
        if found.top not in own and not _allowed(found.module, INTEGRATIONS.get(source.name, ()))
    ]


def environment_readers(root: Path) -> list[str]:
    return [
        f"{source.name}:{node.lineno} reads the environment"
        for source in sources(root)
        if source.name not in READS_ENVIRONMENT
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.environb", "os.getenv")
    ]


def long_files(root: Path) -> list[str]:
    """Tests are let be: a file of cases grows with the cases, and stays one thing."""
    counted = {source.name: len(source.text.splitlines()) for source in sources(root)}
    return [f"{name} has {lines} lines" for name, lines in counted.items() if lines > MOST_LINES]


def import_time_effects(root: Path) -> list[str]:
    """A statement at a module's top that does something, as far as its form shows."""
    return [
        f"{source.name}:{statement.lineno} does something when it is imported"
        for source in sources(root)
        if source.name not in EFFECTS and not source.name.startswith(HANDLERS)
        for statement in source.tree.body
        if _does_something(statement)
    ]


def impure_files(root: Path) -> list[str]:
    """A file whose docstring says PURE and that can reach out of the process all the same."""
    return [
        f"{source.name}:{line} is PURE and uses {what}"
        for source in sources(root)
        if "PURE" in (ast.get_docstring(source.tree) or "")
        for line, what in [*_impure_imports(source), *_impure_uses(source)]
    ]


def _impure_imports(source: Source) -> Iterator[tuple[int, str]]:
    return ((found.line, found.module) for found in source.imports if _allowed(found.module, IMPURE))


def _impure_uses(source: Source) -> Iterator[tuple[int, str]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in HALF_PURE:
            if node.attr not in HALF_PURE[node.value.id]:
                yield node.lineno, f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.Name) and node.id in ("open", "print", "input"):
            yield node.lineno, node.id


def _allowed(module: str, allowed: Iterable[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def _imports(node: ast.AST, *, at_import: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, at_import) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield from _imported_from(child, at_import=at_import)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from _imports(child, at_import=False)
        else:
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, at_import=at_import and not function)


def _imported_from(node: ast.ImportFrom, *, at_import: bool) -> Iterator[Import]:
    """`from service import metrics` may name a module, so each name counts as one."""
    for alias in node.names:
        yield Import(f"{'.' * node.level}{node.module or ''}.{alias.name}", node.lineno, at_import)


def _door_faults(tree: ast.Module) -> Iterator[str]:
    imported: list[str] = []
    exported: list[str] | None = None
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            continue
        if isinstance(statement, ast.Import | ast.ImportFrom):
            imported += [alias.asname or alias.name for alias in statement.names]
        elif ast.unparse(statement).startswith("__all__"):
            value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
            exported = list(ast.literal_eval(value)) if value else None
        elif not _is_docstring(statement):
            yield f"line {statement.lineno} is neither an import nor __all__"
    if set(exported or []) != set(imported):
        yield f"__all__ and the imports differ: {', '.join(sorted(set(exported or []) ^ set(imported)))}"
    if exported and len(exported) != len(set(exported)):
        yield "__all__ names something twice"


def _does_something(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Pass():
            return False
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return any(_name(call) in EFFECTFUL for call in ast.walk(statement) if isinstance(call, ast.Call))
        case ast.If():
            condition = ast.unparse(statement.test)
            if condition == "__name__ == '__main__'":
                return False
            return any(_does_something(inner) for inner in [*statement.body, *statement.orelse])
        case ast.Try():
            parts = [*statement.body, *statement.orelse, *(s for handler in statement.handlers for s in handler.body)]
            return any(_does_something(inner) for inner in parts)
    return not _is_docstring(statement)


def _name(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
