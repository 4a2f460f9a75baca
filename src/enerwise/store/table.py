"""CSV and Parquet as columns, through DuckDB in memory; what cannot be read is told by row, value and remedy.

Every CSV cell is read as text and turned into a number or time here, so that nothing is guessed: a sniffer would drop
rows to make a file fit. The separator is the one of the header line.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.site.values import suggestion
from enerwise.store.stamps import NO_TIME, Stamps, parse_stamps, show_ms

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TEXT_FILES: Final = (".csv", ".tsv")
PARQUET_FILES: Final = (".parquet", ".pq")
SEPARATORS: Final = ",;\t|"
SHOWN_COUNT: Final = 5
"""So many wrong rows of one sort are told one by one; the others are counted."""
EMPTY: Final = ("", "nan", "null", "none", "na", "n/a", "-")
"""What people and programs write into a cell without a value, in lower case."""
HEADER_LIMIT: Final = 1_000_000
NUMBER_TYPES: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "UTINYINT")
NUMBER_TYPES_TOO: Final = ("USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT")
NAIVE_TYPES: Final = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE")
# Nothing is ever fetched from a network: what needs an extension that is not built in fails instead.
CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class Table:
    """An open file: its column names, and its columns as arrays. Wrong cells are noted in ``problems``."""

    def __init__(self, path: Path, connection: "DuckDBPyConnection", types: Mapping[str, str], first_row: int) -> None:
        self.problems: list[Problem] = []
        self._path = path
        self._connection = connection
        self._types = dict(types)
        self._sql_name = {name: f"c{place}" for place, name in enumerate(types)}
        self._first_row = first_row
        self.row: IntArray = self._fetch("SELECT row AS value FROM data ORDER BY row", np.int64, 0) + (first_row - 1)
        """Number of each row as people count: the header of a CSV is row 1. Shape (n,)"""

    def __len__(self) -> int:
        return len(self.row)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns, in the order of the file."""
        return tuple(self._types)

    def has(self, name: str) -> bool:
        """Tell whether there is a column; a missing one is a problem."""
        if name in self._types:
            return True
        close = suggestion(name, self.names) or f"the file has {', '.join(self.names) or 'no columns'}"
        self.problems.append(Problem(self._path.name, f"there is no column {name!r}", close))
        return False

    def numbers(self, name: str) -> FloatArray:
        """Return a column of numbers, NaN where a cell is empty. Shape (n,)"""
        column, kind = self._sql_name[name], self._types[name]
        if kind.partition("(")[0] in NUMBER_TYPES + NUMBER_TYPES_TOO:
            value: FloatArray = self._fetch(
                f"SELECT {column}::DOUBLE AS value FROM data ORDER BY row", np.float64, np.nan
            )
            self.tell(np.isinf(value), name, value, "is not finite", "leave the cell empty where nothing was measured")
            return value
        if kind != "VARCHAR":
            self._wrong_type(name, "a number")
            return np.full(len(self), np.nan)
        cast = f"try_cast(trim({column}) AS DOUBLE)"
        value = self._fetch(f"SELECT {cast} AS value FROM data ORDER BY row", np.float64, np.nan)
        wrong = (
            f"{column} IS NOT NULL AND lower(trim({column})) NOT IN {EMPTY} AND coalesce(NOT isfinite({cast}), true)"
        )
        rows = self._connection.execute(f"SELECT row, {column} FROM data WHERE {wrong} ORDER BY row").fetchall()
        shown = [(row + self._first_row - 1, text) for row, text in rows]
        self._tell_rows(shown, name, "is not a number", "write digits with a decimal point, or leave the cell empty")
        return value

    def is_number(self, name: str) -> bool:
        """Tell whether a column holds numbers, in a text file whether its first told cell is one."""
        kind = self._types[name].partition("(")[0]
        if kind != "VARCHAR":
            return kind in NUMBER_TYPES + NUMBER_TYPES_TOO
        column = self._sql_name[name]
        told = f"{column} IS NOT NULL AND lower(trim({column})) NOT IN {EMPTY}"
        found = self._connection.execute(
            f"SELECT try_cast(trim({column}) AS DOUBLE) FROM data WHERE {told} ORDER BY row LIMIT 1"
        ).fetchone()
        return found is not None and found[0] is not None

    def is_flag(self, name: str) -> bool:
        """Tell whether a column holds true and false."""
        if self._types[name] == "BOOLEAN":
            return True
        column = self._sql_name[name]
        if self._types[name] != "VARCHAR":
            return False
        found = self._connection.execute(f"SELECT bool_and(lower(trim({column})) IN ('true', 'false')) FROM data")
        return (found.fetchone() or (False,))[0] is True

    def flags(self, name: str) -> FloatArray:
        """Return a column of true and false as 1 and 0, NaN where a cell is empty. Shape (n,)"""
        sql = f"SELECT try_cast({self._sql_name[name]} AS BOOLEAN)::DOUBLE AS value FROM data ORDER BY row"
        value: FloatArray = self._fetch(sql, np.float64, np.nan)
        return value

    def stamps(self, name: str) -> Stamps:
        """Return a column of times; every cell must hold one, and either all or none with an offset from UTC."""
        column, kind = self._sql_name[name], self._types[name]
        if kind in NAIVE_TYPES or kind == "TIMESTAMP WITH TIME ZONE":
            has_offset = kind not in NAIVE_TYPES
            moment = column if has_offset else f"{column}::TIMESTAMP"
            at_ms = self._fetch(f"SELECT epoch_ms({moment}) AS value FROM data ORDER BY row", np.int64, NO_TIME)
            stamps = Stamps(at_ms, np.full(at_ms.size, has_offset))
            texts: Sequence[str | None] = [None] * at_ms.size
        elif kind == "VARCHAR":
            rows = self._connection.execute(f"SELECT {column} FROM data ORDER BY row").fetchall()
            texts = [row[0] for row in rows]
            stamps = parse_stamps(texts)
        else:
            self._wrong_type(name, "a date and time")
            return Stamps(np.full(len(self), NO_TIME), np.zeros(len(self), dtype=np.bool_))
        remedy = "write a date and time such as '2024-07-01T12:00:00Z'"
        self.tell(stamps.at_ms == NO_TIME, name, [text or "" for text in texts], "is no date and time", remedy)
        if stamps.has_offset.any() and not stamps.has_offset[stamps.at_ms != NO_TIME].all():
            odd = ~stamps.has_offset & (stamps.at_ms != NO_TIME)
            self.tell(
                odd, name, texts, "has no offset from UTC, others have", "write all stamps alike, best in UTC with Z"
            )
        return stamps

    def tell(
        self, is_wrong: BoolArray, name: str, values: Sequence[object] | FloatArray, message: str, remedy: str
    ) -> None:
        """Note the rows that are wrong, the first few one by one."""
        rows = np.flatnonzero(is_wrong)
        shown = [(int(self.row[at]), values[at]) for at in rows[:SHOWN_COUNT]]
        self._tell_rows(shown, name, message, remedy, count=rows.size)

    def tell_times(self, is_wrong: BoolArray, name: str, at_ms: IntArray, message: str, remedy: str) -> None:
        """Note the rows whose stamps are wrong."""
        if is_wrong.any():
            self.tell(
                is_wrong, name, [show_ms(int(each)) if each != NO_TIME else "" for each in at_ms], message, remedy
            )

    def raise_problems(self) -> None:
        """Report everything noted so far, if there is anything.

        Raises:
            ProblemsFound: There is.
        """
        if self.problems:
            raise ProblemsFound(str(self._path), self.problems)

    def _tell_rows(
        self, rows: Sequence[tuple[int, object]], name: str, message: str, remedy: str, count: int | None = None
    ) -> None:
        count = len(rows) if count is None else count
        for row, value in rows[:SHOWN_COUNT]:
            shown = repr(value.item() if isinstance(value, np.generic) else value)
            self.problems.append(Problem(f"row {row}, {name}", f"{shown} {message}", remedy))
        if count > SHOWN_COUNT:
            self.problems.append(
                Problem(f"column {name}", f"{count - SHOWN_COUNT} more rows where the value {message}")
            )

    def _wrong_type(self, name: str, wanted: str) -> None:
        kind = self._types[name].lower()
        self.problems.append(Problem(f"column {name}", f"holds {kind}, not {wanted}", f"write {wanted} in each row"))

    def _fetch(self, sql: str, kind: type, missing: float) -> Any:
        column = self._connection.execute(sql).fetchnumpy()["value"]
        return np.asarray(np.ma.filled(column.astype(kind), missing), dtype=kind)


@contextmanager
def open_table(path: str | Path, where: Mapping[str, str] | None = None) -> Iterator[Table]:
    """Open a file for reading.

    Args:
        path: A file whose name ends in .csv, .tsv, .parquet or .pq.
        where: Only the rows in which these columns hold these texts.

    Raises:
        ProblemsFound: The file cannot be read at all.
    """
    import duckdb  # A tenth of a second: only for those who read files.

    path = Path(path)
    kind = path.suffix.lower()
    if kind not in TEXT_FILES + PARQUET_FILES:
        _refuse(
            path, f"{path.suffix or 'a name without ending'} is not a kind of file known here", "use .csv or .parquet"
        )
    if not path.is_file():
        _refuse(path, "there is no such file", "check the name and the folder")
    with duckdb.connect(":memory:", config=CONFIG) as connection:
        try:
            load = _load_text if kind in TEXT_FILES else _load_parquet
            table = Table(path, connection, load(path, connection), 2 if kind in TEXT_FILES else 1)
        except duckdb.Error as error:
            _refuse(path, str(error).partition("\n")[0], "write the file again; CSV must be UTF-8 text")
        if all(table.has(name) for name in where or {}) and where:
            table = _only(table, where)
        if not len(table):
            told = " and ".join(f"{name} = {value}" for name, value in (where or {}).items())
            table.problems.append(Problem(path.name, f"there are no rows{told and f' with {told}'}", "check the file"))
            table.raise_problems()
        yield table


def _load_text(path: Path, connection: "DuckDBPyConnection") -> dict[str, str]:
    """Load a CSV as text; return its columns with their types."""
    names, separator = _header(path)
    columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(names)))
    connection.execute(
        f"CREATE TABLE data AS SELECT row_number() OVER () AS row, * FROM read_csv(?, auto_detect=false, header=true, "
        f"delim=?, quote='\"', escape='\"', columns={{{columns}}}, ignore_errors=true, store_rejects=true)",
        [str(path), separator],
    )
    rejects = connection.execute("SELECT DISTINCT line, error_message FROM reject_errors ORDER BY line").fetchall()
    problems = [Problem(f"line {line}", message.partition("\n")[0], "repair the line") for line, message in rejects]
    if len(problems) > SHOWN_COUNT:
        more = Problem(path.name, f"{len(problems) - SHOWN_COUNT} more lines do not fit the header")
        problems = [*problems[:SHOWN_COUNT], more]
    if problems:
        raise ProblemsFound(str(path), problems)
    return dict.fromkeys(names, "VARCHAR")


def _header(path: Path) -> tuple[list[str], str]:
    """Return the column names and the separator of a CSV, both read from its first line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            line = file.readline(HEADER_LIMIT).strip("\r\n")
    except UnicodeDecodeError:
        _refuse(path, "this is not UTF-8 text", "save it as CSV, UTF-8")
    if not line.strip():
        _refuse(path, "the first line is empty", "begin with the column names")
    separator = max(SEPARATORS, key=line.count)
    names = [name.strip() for name in next(csv.reader([line], delimiter=separator))]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        _refuse(path, f"columns appear twice: {', '.join(map(repr, twice))}", "give every column a name of its own")
    return names, separator


def _load_parquet(path: Path, connection: "DuckDBPyConnection") -> dict[str, str]:
    """Load a Parquet file; return its columns with their types."""
    described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    types = {str(row[0]): str(row[1]) for row in described}
    columns = ", ".join(f"{quoted_name(name)} AS c{place}" for place, name in enumerate(types))
    connection.execute(
        f"CREATE TABLE data AS SELECT row_number() OVER () AS row, {columns} FROM read_parquet(?)", [str(path)]
    )
    return types


def _only(table: Table, where: Mapping[str, str]) -> Table:
    for name, value in where.items():
        column = table._sql_name[name]
        table._connection.execute(f"DELETE FROM data WHERE coalesce({column}::VARCHAR, '') <> ?", [value])
    return Table(table._path, table._connection, table._types, table._first_row)


def quoted_name(name: str) -> str:
    """Return a name as SQL reads it."""
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    """Return a text as SQL reads it."""
    return "'" + text.replace("'", "''") + "'"


def _refuse(path: Path, message: str, remedy: str) -> NoReturn:
    raise ProblemsFound(str(path), [Problem(path.name, message, remedy)])
