# syntax=docker/dockerfile:1

# The product's packages, from the lock, with nothing that only development needs.
FROM python:3.13-slim-bookworm AS build
ENV UV_PYTHON_DOWNLOADS=never \
    UV_PROJECT_ENVIRONMENT=/app/.venv \
    UV_LINK_MODE=copy
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-cache --no-default-groups --compile-bytecode
COPY . .
# Collecting needs settings that load, not a database; this key is made here and kept nowhere.
RUN SECRET_KEY="$(head -c 48 /dev/urandom | base64 -w0)" STATIC_ROOT=/app/.static \
    .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && .venv/bin/python -m compileall -q accounts billing calls compliance desk disputes integrations invoices \
       notifications syntharra

FROM python:3.13-slim-bookworm
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=syntharra.settings \
    STATIC_ROOT=/app/.static \
    BEAT_FILE=/tmp/beat \
    CALL_JOURNAL=/data/files/calls \
    FILES_OPTIONS='{"location": "/data/files"}'
RUN groupadd --system --gid 10001 syntharra \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin syntharra \
    && install -d -o 10001 -g 10001 -m 0700 /data/files
WORKDIR /app
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/healthcheck.py", "http", "8000", "/healthz"]
CMD ["uvicorn", "syntharra.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--ws", "websockets-sansio", "--proxy-headers", "--forwarded-allow-ips", "*", \
     "--no-access-log", "--timeout-graceful-shutdown", "30"]
