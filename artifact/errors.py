"""What can go wrong while building the artifact.

ArtifactError
├── TargetError     the target's Python or architecture is not one that Lambda has
├── InstallError    uv could not install the locked requirements
├── ForeignError    a binary of another platform or Python got into the layer
├── BytecodeError   a module does not compile
└── SizeError       larger than Lambda takes
"""


class ArtifactError(Exception):
    """The artifact could not be built; the message says why and what would be right."""


class TargetError(ArtifactError):
    pass


class InstallError(ArtifactError):
    pass


class ForeignError(ArtifactError):
    pass


class BytecodeError(ArtifactError):
    pass


class SizeError(ArtifactError):
    pass
