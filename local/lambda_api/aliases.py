"""Aliases: names of versions, and how each shares its invocations."""

from dataclasses import replace

from local.endpoint.call import Answer, Call
from local.errors import NotSupported
from local.lambda_api.documents import Alias, alias_document
from local.lambda_api.functions import Functions
from local.lambda_api.paging import page
from local.lambda_api.provisioned import Provisioned
from local.lambda_api.refused import conflict, stale
from local.lambda_api.routing import weights_of


class Aliases:
    """The operations on them. Provisioned concurrency follows an alias, and a version that none invokes rests."""

    def __init__(self, functions: Functions, provisioned: Provisioned) -> None:
        self._functions = functions
        self._provisioned = provisioned

    async def move(self, alias: Alias) -> Alias:
        """The alias is now this one, with a revision of its own. Raises AwsError."""
        functions = self._functions
        if alias.weights and self._provisioned.has(alias.name):
            raise NotSupported(
                f"lambda: RoutingConfig of the alias {alias.name}, which has provisioned concurrency, is not supported "
                "on the laptop: AWS doesn't say how the two versions share it; DeleteProvisionedConcurrencyConfig first"
            )
        former = functions.aliases.get(alias.name)
        moved = functions.set_alias(alias)
        await self._provisioned.moved(alias.name)
        for version in former.versions if former is not None else ():
            functions.rest(version)
        return moved

    async def create(self, call: Call) -> Answer:
        """Raises AwsError."""
        parameters, functions = call.parameters, self._functions
        functions.read(parameters["FunctionName"])
        name = parameters["Name"]
        if name in functions.aliases:
            raise conflict(f"Alias already exists: {functions.arn}:{name}")
        description, weights = parameters.get("Description", ""), weights_of(parameters, {})
        return self._document(await self.move(Alias(name, parameters["FunctionVersion"], description, weights)))

    async def get(self, call: Call) -> Answer:
        """Raises AwsError."""
        self._functions.read(call.parameters["FunctionName"])
        return self._document(self._functions.alias(call.parameters["Name"]))

    async def list_all(self, call: Call) -> Answer:
        """Raises AwsError."""
        self._functions.read(call.parameters["FunctionName"])
        wanted = call.parameters.get("FunctionVersion")
        by_name = sorted(self._functions.aliases.values(), key=lambda alias: alias.name)
        found = [self._document(alias) for alias in by_name if wanted in (None, alias.version)]
        return page("Aliases", found, call.parameters.get("Marker"), call.parameters.get("MaxItems"))

    async def update(self, call: Call) -> Answer:
        """What is left out stays as it is. Raises AwsError."""
        parameters = call.parameters
        self._functions.read(parameters["FunctionName"])
        former = self._functions.alias(parameters["Name"])
        if parameters.get("RevisionId") not in (None, former.revision):
            raise stale("GetFunction/GetAlias")
        changed = replace(
            former,
            version=parameters.get("FunctionVersion", former.version),
            description=parameters.get("Description", former.description),
            weights=weights_of(parameters, former.weights),
        )
        return self._document(await self.move(changed))

    async def delete(self, call: Call) -> Answer:
        """One that is not there is no error: deleting is idempotent."""
        self._functions.read(call.parameters["FunctionName"])
        name = call.parameters["Name"]
        if name in self._functions.aliases:
            if self._provisioned.has(name):
                await self._provisioned.delete(name)
            for version in self._functions.aliases.pop(name).versions:
                self._functions.rest(version)
        return {}

    def _document(self, alias: Alias) -> Answer:
        return alias_document(alias, self._functions.arn)
