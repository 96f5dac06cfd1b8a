import typer

from kiwoom_sim.cli import options
from kiwoom_sim.cli.options import Described


def test_an_option_becomes_typers() -> None:
    made = Described("--json", help="why").for_typer()
    assert isinstance(made, typer.models.OptionInfo)
    assert made.help == "why"


def test_without_names_it_is_an_argument() -> None:
    assert isinstance(Described(metavar="X").for_typer(), typer.models.ArgumentInfo)


def test_every_shared_option_tells_what_it_does() -> None:
    shared = [value for value in vars(options).values() if isinstance(value, Described)]
    assert len(shared) > 8
    assert all(option.settings.get("help") for option in shared)
