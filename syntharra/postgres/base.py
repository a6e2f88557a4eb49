"""PostgreSQL as Django knows it, whose connection always acts for the business its code acts for."""

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from syntharra.acting import business_or_none

_UNKNOWN = object()


class DatabaseWrapper(base.DatabaseWrapper):
    """Keeps the setting ``syntharra.business`` equal to ``acting_for`` before every statement.

    The setting lives in the session, so it is written only when it differs. What a rollback, a savepoint or a pool
    may have undone is forgotten, never assumed.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._said: object = _UNKNOWN
        self._kept: Any = None
        self.execute_wrappers.append(self._statement)

    def _statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        self._say_business()
        return execute(sql, params, many, context)

    def _cursor(self, name: str | None = None) -> Any:
        cursor = super()._cursor(name)  # type: ignore[misc]
        self._say_business()  # also for what reaches the driver without a statement of ours, such as COPY
        return cursor

    def kept_cursor(self) -> Any:
        """The cursor of this connection for questions whose answer is fetched at once: making one costs as much as asking.

        Not to be closed, and not to be held: whoever asks next uses it.
        """
        self.ensure_connection()
        if self._kept is None or self._kept.closed:
            self._kept = self.create_cursor()
        self._say_business()
        return self._prepare_cursor(self._kept)  # type: ignore[attr-defined]

    def _say_business(self) -> None:
        business = business_or_none()
        if self._said == business or self.connection is None:
            return
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return  # only the rollback can follow now, and after it nothing is taken as said
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('syntharra.business', %s, false)", [str(business or "")])
        self._said = business

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._said, self._kept = _UNKNOWN, None
        return super().get_new_connection(conn_params)

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._said = _UNKNOWN

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._said = _UNKNOWN

    def _close(self) -> None:
        self._said, self._kept = _UNKNOWN, None
        super()._close()  # type: ignore[misc]
