"""A script and its statements."""

from typing import Literal, NamedTuple

Step = Literal["setup", "create", "check", "stage", "fill", "begin", "rows", "cursor", "commit", "drop"]


def name_commits(since: int, until: int) -> str:
    """Name the commits behind one, up to another.

    >>> name_commits(3, 5), name_commits(5, 5)
    ('commits 4 to 5', 'nothing new after commit 5')
    """
    return f"commits {since + 1} to {until}" if until > since else f"nothing new after commit {since}"


class Statement(NamedTuple):
    """One statement of a script.

    Attributes:
        step: what it is for. ``fill`` reads files, which no other does.
        sql: without semicolon.
        table: whose rows it is about.
        about: a line to stand before it; empty for none.
    """

    step: Step
    sql: str
    table: str = ""
    about: str = ""


class Script(NamedTuple):
    """What brings tables of a warehouse from one commit of a lake to a later one.

    Attributes:
        since: number of the commit that the tables must be at; the script fails and changes nothing otherwise.
        until: number of the commit that they are at afterwards.
    """

    dialect: str
    since: int
    until: int
    tables: tuple[str, ...]
    statements: tuple[Statement, ...]
    notes: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole script; a comment before each group of statements."""
        lines = [f"-- {note}" for note in self.notes]
        for statement in self.statements:
            lines.append("")
            lines += [f"-- {statement.about}"] if statement.about else []
            lines.append(f"{statement.sql};")
        return "\n".join(lines) + "\n"
