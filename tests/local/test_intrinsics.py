"""Intrinsic functions, in a template that uses them."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from local.errors import TemplateError
from local.template import Application, read_application

Read = Callable[..., Application]

SMALL = """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.12
      Environment: {Variables: {VALUE: %s}}
      Events: {E: {Type: Api, Properties: {Path: /, Method: GET}}}
"""

INTRINSICS = """
Parameters:
  List: {Type: CommaDelimitedList, Default: "a, b,c"}
  Word: {Type: String, Default: w}
Mappings: {Sizes: {small: {memory: 7}}}
Conditions:
  Is: !Equals [!Ref Word, w]
  Isnt: !Not [Condition: Is]
  Both: !And [!Condition Is, !Condition Isnt]
  Either: !Or [!Condition Is, !Condition Isnt]
"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def run(text: str, parameters: dict[str, str] | None = None, environ: dict[str, str] | None = None) -> Application:
        path = tmp_path / "template.yaml"
        path.write_text(textwrap.dedent(text))
        return read_application(path, parameters or {}, environ or {})

    return run


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("!Ref Word", "w"),
        ("{Ref: Word}", "w"),
        ("!Ref AWS::Region", "us-east-1"),
        ("!Ref AWS::AccountId", "123456789012"),
        ("!Ref F", "F"),
        ("!GetAtt F.Arn", "arn:aws:lambda:us-east-1:123456789012:function:F"),
        ("{'Fn::GetAtt': [F, Arn]}", "arn:aws:lambda:us-east-1:123456789012:function:F"),
        ("!Sub '${Word}-${AWS::Region}-${!Literal}'", "w-us-east-1-${Literal}"),
        ("!Sub ['${a}/${Word}', {a: !Ref Word}]", "w/w"),
        ("!Sub '${F.Arn}'", "arn:aws:lambda:us-east-1:123456789012:function:F"),
        ("{'Fn::Sub': '${Word}'}", "w"),
        ("!Join ['-', [a, !Ref Word, c]]", "a-w-c"),
        ("!Join ['+', !Ref List]", "a+b+c"),
        ("!Select [1, !Ref List]", "b"),
        ("!Select [0, !Split ['/', 'x/y']]", "x"),
        ("!FindInMap [Sizes, small, memory]", "7"),
        ("!If [Is, one, two]", "one"),
        ("!If [Isnt, one, two]", "two"),
        ("!If [Both, one, two]", "two"),
        ("!If [Either, one, two]", "one"),
        ("{'Fn::If': [Is, {Ref: Word}, two]}", "w"),
    ],
)
def test_intrinsic_functions(read: Read, expression: str, value: str) -> None:
    """Short and long forms, as in AWS page "Intrinsic function reference"."""
    assert read(INTRINSICS + SMALL % expression).function.environment == {"VALUE": value}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("!ImportValue x", "Fn::ImportValue is not supported here; Condition, Fn::And, "),
        ("!Base64 x", "Fn::Base64 is not supported here; "),
        ("!Ref Nobody", "Nobody is neither a parameter nor a resource"),
        ("!GetAtt F.Version", "!GetAtt F.Version of AWS::Serverless::Function is not supported here"),
        ("!If [Nope, a, b]", "the condition Nope is not declared"),
        ("!If [Is]", "Fn::If has wrong arguments: "),
        ("!Select [9, [a]]", "Fn::Select has wrong arguments: IndexError"),
        ("!FindInMap [Sizes, big, memory]", "Fn::FindInMap has wrong arguments: KeyError('big')"),
    ],
)
def test_what_cannot_be_resolved_is_named_with_its_line(read: Read, expression: str, message: str) -> None:
    """File, line, and what is not supported or wrong."""
    with pytest.raises(TemplateError) as error:
        read(INTRINSICS + SMALL % expression)
    assert str(error.value).startswith(f"template.yaml, line 19: {message}")
