"""What the API invokes: the alias that AutoPublishAlias keeps, or $LATEST where the template names none."""

from local.errors import AwsError, InvokeError
from local.lambda_api.functions import Functions
from local.lambda_runtime.invocation import InvokeResult


class Invoked:
    """`alias` may be set anew at any time: the next request meets it."""

    def __init__(self, functions: Functions, alias: str | None) -> None:
        self.alias = alias
        self._functions = functions

    async def invoke(
        self, payload: bytes, *, trace_header: str | None = None, client_context: str | None = None
    ) -> InvokeResult:
        """Raises InvokeError; where somebody has deleted the alias too."""
        try:
            pool = await self._functions.pool(self._functions.routed(self.alias))
        except AwsError as error:
            raise InvokeError(str(error)) from None
        return await pool.invoke(
            payload, trace_header=trace_header, client_context=client_context, qualifier=self.alias
        )
