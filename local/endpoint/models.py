"""botocore's models of the services that are offered, loaded from its package when the first request asks for one."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from local.endpoint.check import Checks
from local.endpoint.rest import Routes


class Service:
    """One service's model, and what is made of it: `checks` of its shapes, `routes` where it is a REST service."""

    def __init__(self, name: str, model: ServiceModel) -> None:
        self.name = name
        self.model = model
        self.checks = Checks()
        metadata: dict[str, Any] = dict(model.metadata)
        self.protocols = frozenset(metadata.get("protocols", [metadata.get("protocol")]))
        self.target_prefix = str(metadata.get("targetPrefix", ""))
        self.signing_name = str(metadata.get("signingName", metadata["endpointPrefix"]))
        self._operations: dict[str, OperationModel] = {}

    def operation(self, name: str) -> OperationModel | None:
        """None for one that the model has not."""
        found = self._operations.get(name)
        if found is None and name in self.model.operation_names:  # which is a list, and long
            found = self._operations[name] = self.model.operation_model(name)
        return found

    @cached_property
    def routes(self) -> Routes:
        return Routes(self.model)


class Models:
    """The services by name, by target prefix and by the name in a signature's scope."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)

    @cached_property
    def by_name(self) -> dict[str, Service]:
        loader = Loader()
        return {
            name: Service(name, ServiceModel(loader.load_service_model(name, "service-2"), name)) for name in self.names
        }

    @cached_property
    def by_target(self) -> dict[str, Service]:
        return {found.target_prefix: found for found in self.by_name.values() if found.target_prefix}

    @cached_property
    def by_signing_name(self) -> dict[str, Service]:
        return {found.signing_name: found for found in self.by_name.values()}
