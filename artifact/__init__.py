"""What is deployed: the function's folder and its dependency layer, for Lambda or for this machine."""

from artifact.bytecode import compile_tree
from artifact.errors import ArtifactError
from artifact.function import copy_function
from artifact.host import build_host
from artifact.interpreter import find_interpreter
from artifact.layer import install_layer
from artifact.target import Architecture, Target

__all__ = [
    "Architecture",
    "ArtifactError",
    "Target",
    "build_host",
    "compile_tree",
    "copy_function",
    "find_interpreter",
    "install_layer",
]
