"""The import rules inside a feature and between features, as a contract of import-linter.

Inside: views → forms | services → queries → models → domain. Between: services, queries, domain and the files of core,
access and web are open to higher features; views and forms to nobody; models to the queries of higher features, which
read them and never write.
"""

from typing import Any, Final

from importlinter import Contract, ContractCheck, fields, output

# A layer may import those with a lower number; forms and services stand side by side.
LAYERS: Final = {
    "views": 5,
    "forms": 4,
    "services": 4,
    "queries": 3,
    "models": 2,
    "loader": 1,
    "engine": 1,
    "domain": 0,
}
PRIVATE: Final = frozenset({"views", "forms"})
# Packages that are no features: their files have rules of their own.
GROUND: Final = frozenset({"core", "access", "web"})
# Where `views` of features are put together.
ASSEMBLERS: Final = frozenset({"factory", "cli"})


def fault(importer: str, imported: str) -> str | None:
    """Say why an import between two modules of app/ is wrong, or None."""
    _, from_package, *from_rest = importer.split(".")
    _, to_package, *to_rest = imported.split(".")
    if not from_rest or not to_rest:
        return _fault_with_assembler(from_package, to_rest)
    from_file, to_file = from_rest[0], to_rest[0]
    if from_package == to_package:
        return _fault_inside(from_file, to_file) if from_package not in GROUND else None
    if to_package in GROUND:
        return _fault_with_ground(from_file, to_package, to_file)
    if to_file in PRIVATE:
        return "views and forms are their own feature's"
    if to_file == "models" and from_file != "queries":
        return "another feature's models are for queries, to read"
    return None


def _fault_with_assembler(from_package: str, to_rest: list[str]) -> str | None:
    if to_rest and to_rest[0] == "models" and from_package in ASSEMBLERS:
        return "factory and cli call services and queries"
    return None


def _fault_inside(from_file: str, to_file: str) -> str | None:
    if from_file not in LAYERS or to_file not in LAYERS or from_file == to_file:
        return None
    if LAYERS[from_file] <= LAYERS[to_file]:
        return f"{from_file} stands below {to_file} or beside it"
    if from_file == "views" and to_file == "models":
        return "views work through queries and services"
    return None


def _fault_with_ground(from_file: str, to_package: str, to_file: str) -> str | None:
    if to_package == "web" and from_file not in ("views", "forms"):
        return "only views and forms know the web"
    if (to_package, to_file) == ("core", "db") and from_file in ("views", "forms", "domain"):
        return "only models, queries and services know the database"
    return None


class FeatureContract(Contract):
    """Checks every direct import between modules below ``root``."""

    root = fields.StringField()

    def check(self, graph: Any, verbose: bool) -> ContractCheck:  # noqa: ANN401, FBT001 - import-linter's signature
        """Collect the imports that break the rules."""
        del verbose
        faults = []
        modules = sorted(name for name in graph.modules if name.startswith(f"{self.root}."))
        for importer in modules:
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                reason = fault(importer, imported) if imported.startswith(f"{self.root}.") else None
                if reason:
                    faults.append(f"{importer} -> {imported}: {reason}")
        return ContractCheck(kept=not faults, metadata={"faults": faults})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print them."""
        for line in check.metadata["faults"]:
            output.print_error(line)
