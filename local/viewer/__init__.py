"""The viewer: CloudWatch, X-Ray and Lambda in the browser, of the laptop or of an account: the door."""

from local.viewer.aws import Aws, CallFailed
from local.viewer.place import Place
from local.viewer.server import ViewerServer

__all__ = ["Aws", "CallFailed", "Place", "ViewerServer"]
