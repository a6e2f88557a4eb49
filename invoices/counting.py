"""The server's own idea of how many rows there are, kept up with books that grow faster than it looks.

PostgreSQL plans by its last count. Its own counter comes by once a minute and waits for a load that is under way: a first reading
would write a hundred thousand invoices into tables it takes for empty, and check each key and look up each page by going through
all of a firm's rows, while calls about them go on.
"""

from django.db import DatabaseError, connection

from syntharra import logs

log = logs.get(__name__)


def count_what_grew() -> list[str]:
    """Have the server count those tables of the books that are more than three times as large as when it last did; their names.

    Milliseconds for one of a hundred thousand rows: it looks at a sample. One that somebody else is counting is passed over. Never
    fails: a table that was not counted is slow, not wrong. Call it outside any transaction.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count_what_grew()")
            return [str(name) for (name,) in cursor.fetchall()]
    except DatabaseError as error:
        log.warning("books_not_counted", error=str(error)[:200])
        return []
