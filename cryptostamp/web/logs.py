"""What a server writes down: one JSON object a line, on standard error.

A request is logged by its route, never by its path, for that holds the code of a stamp; who asked is not logged at all.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

__all__ = ["LOG", "JsonLines", "set_up_logs"]

LOG = logging.getLogger("cryptostamp.web")


class JsonLines(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[0] is not None:
            # Not the text of the error: it may quote what a stranger has sent.
            trace, places = record.exc_info[2], []
            while trace is not None:
                code = trace.tb_frame.f_code
                places.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
                trace = trace.tb_next
            line |= {"error": record.exc_info[0].__name__, "places": places[-6:]}
        return json.dumps(line, ensure_ascii=False)


def set_up_logs(level: int = logging.INFO) -> None:
    """Write JSON lines to standard error, ours and those of uvicorn; requests are logged by us alone."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for name in ("cryptostamp.web", "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
    logging.getLogger("uvicorn.access").handlers = []
    logging.getLogger("uvicorn.access").propagate = False
