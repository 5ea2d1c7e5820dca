"""Print how the code is built: lengths of modules, functions and templates, and import cycles. See `make figures`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 10

Measured = list[tuple[int, str]]


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def file_lengths(paths: Iterable[Path]) -> Measured:
    return [(lines_of(path), name_of(path)) for path in paths]


def function_lengths(paths: Iterable[Path]) -> Measured:
    return [
        ((node.end_lineno or node.lineno) - node.lineno + 1, f"{name_of(path)}:{node.lineno} {node.name}")
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def imports_of(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """Modules of ours that this one imports while it is itself being imported."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            found = [name for name in submodules if name in modules]
            yield from found
            if len(found) < len(submodules) and node.module in modules:
                yield node.module


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def cycles(paths: Iterable[Path]) -> list[list[str]]:
    """Groups of modules that import each other, each way round (Tarjan 1972)."""
    modules = {module_name(path): path for path in paths}
    graph = {name: set(imports_of(path, modules)) for name, path in modules.items()}
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in graph[name]:
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            start = stack.index(name)
            group = stack[start:]
            del stack[start:]
            if len(group) > 1:
                found.append(sorted(group))

    for name in graph:
        if name not in index:
            visit(name)
    return found


def show(title: str, measured: Measured) -> None:
    if not measured:
        return
    lengths = [length for length, _name in measured]
    print(f"\n{title}: {len(measured)}, {sum(lengths):,} lines, median {median(lengths):g}, longest:")
    for length, name in sorted(measured, reverse=True)[:LONGEST]:
        print(f"  {length:5}  {name}")


def main() -> None:
    modules = sorted((ROOT / "app").rglob("*.py"))
    tests = sorted((ROOT / "tests").rglob("*.py"))
    templates = sorted((ROOT / "app" / "templates").rglob("*.html"))
    show("Modules", file_lengths(modules))
    show("Functions", function_lengths(modules))
    show("Templates", file_lengths(templates))
    show("Test modules", file_lengths(tests))
    show("Test functions", function_lengths(tests))
    groups = cycles(modules)
    print(f"\nImport cycles: {len(groups)}")
    for group in groups:
        print("  " + " ↔ ".join(group))


if __name__ == "__main__":
    main()
