"""CloudFormation on a laptop, read only: what the template says is there: the door."""

from local.cloudformation.reading import Known
from local.cloudformation.service import Stacks
from local.cloudformation.stack import Urls

__all__ = ["Known", "Stacks", "Urls"]
