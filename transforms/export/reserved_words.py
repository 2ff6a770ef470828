"""Words that SQL takes as names only in quotes, by dialect, from the documentation of each."""

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DUCKDB = _words("""
    all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check
    collate collation column columns concurrently constraint create cross default deferrable desc describe distinct
    do else end except false fetch for foreign freeze from full generated glob group having ilike in initially inner
    intersect into is isnull join lambda lateral leading left like limit map natural not notnull null offset on only
    or order outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify references returning
    right select semi show similar some struct summarize symmetric table tablesample then to trailing true try_cast
    tuple union unique unpack unpivot using variadic verbose when where window with
""")

_POSTGRES = _words("""
    all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate
    collation column concurrently constraint create cross current_catalog current_date current_role current_schema
    current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for
    foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral
    leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps
    placing primary references returning right select session_user similar some symmetric system_user table
    tablesample then to trailing true union unique user using variadic verbose when where window with
""")

_SQLITE = _words("""
    abort action add after all alter always analyze and as asc attach autoincrement before begin between by cascade
    case cast check collate column commit conflict constraint create cross current current_date current_time
    current_timestamp database default deferrable deferred delete desc detach distinct do drop each else end escape
    except exclude exclusive exists explain fail filter first following for foreign from full generated glob group
    groups having if ignore immediate in index indexed initially inner insert instead intersect into is isnull join
    key last left like limit match materialized natural no not nothing notnull null nulls of offset on or order
    others outer over partition plan pragma preceding primary query raise range recursive references regexp reindex
    release rename replace restrict returning right rollback row rows savepoint select set table temp temporary then
    ties to transaction trigger unbounded union unique update using vacuum values view virtual when where window
    with without
""")

# ClickHouse reserves none: a keyword is a name wherever it cannot be the keyword. These cannot follow what they could
# continue, or stand where an expression begins.
_CLICKHOUSE = _words("""
    all and anti any array as asc asof between by case cast cross desc distinct else end except final format from
    full global group having ilike in inner intersect interval into is join left like limit not null offset on or
    order outer paste prewhere qualify right sample select semi settings then union using when where window with
""")

_BIGQUERY = _words("""
    all and any array as asc assert_rows_modified at between by case cast collate contains create cross cube current
    default define desc distinct else end enum escape except exclude exists extract false fetch following for from
    full graph_table group grouping groups hash having if ignore in inner intersect interval into is join lateral
    left like limit lookup merge natural new no not null nulls of on or order outer over partition preceding proto
    qualify range recursive respect right rollup rows select set some struct tablesample then to treat true
    unbounded union unnest using when where window with within
""")

_SNOWFLAKE = _words("""
    account all alter and any as between by case cast check column connect connection constraint create cross
    current current_date current_time current_timestamp current_user database delete distinct drop else end exists
    false following for from full grant group gscluster having ilike in increment inner insert intersect into is
    issue join lateral left like localtime localtimestamp minus natural not null of on or order organization qualify
    regexp revoke right rlike row rows sample schema select set some start table tablesample then to trigger true
    try_cast union unique update using values view when whenever where with
""")

_REDSHIFT = _words("""
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
    blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
    current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k
    desc disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign
    freeze from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner
    intersect interval into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus
    mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order
    outer overlaps parallel partition percent permissions pivot placing primary raw readratio recover references
    rejectlog resort respect restore right select session_user similar snapshot some sysdate system table tag tdes
    text255 text32k then timestamp to top trailing true truncatecolumns type union unique unnest unpivot user using
    verbose wallet when where with without
""")

_DATABRICKS = _words("""
    all alter and anti any array as at authorization between both by case cast check collate column commit
    constraint create cross cube current current_date current_time current_timestamp current_user default delete
    describe distinct drop else end escape except exists external extract false fetch filter for foreign from full
    function global grant group grouping having in inner insert intersect interval into is join lateral leading left
    like local minus natural no not null of on only or order out outer overlaps partition position primary range
    references revoke right rollback rollup row rows select semi session_user set some start table tablesample then
    time to trailing true truncate union unique unknown update user using values when where window with
""")

RESERVED: Mapping[str, tuple[frozenset[str], str]] = {
    "duckdb": (_DUCKDB, "duckdb_keywords(): categories reserved and type_function, of 2.0"),
    "postgres": (_POSTGRES, "https://www.postgresql.org/docs/current/sql-keywords-appendix.html"),
    "sqlite": (_SQLITE, "https://www.sqlite.org/lang_keywords.html"),
    "clickhouse": (_CLICKHOUSE, "https://clickhouse.com/docs/sql-reference/syntax#keywords"),
    "bigquery": (
        _BIGQUERY,
        "https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#reserved_keywords",
    ),
    "snowflake": (
        _SNOWFLAKE,
        "https://docs.snowflake.com/en/sql-reference/reserved-keywords (and END, which closes CASE)",
    ),
    "redshift": (_REDSHIFT, "https://docs.aws.amazon.com/redshift/latest/dg/r_pg_keywords.html"),
    "databricks": (
        _DATABRICKS,
        "https://docs.databricks.com/en/sql/language-manual/sql-ref-reserved-words.html (those of ANSI mode too)",
    ),
}
"""Of each dialect its reserved words, in lower case, and where it documents them."""
