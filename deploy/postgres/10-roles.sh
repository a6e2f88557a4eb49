#!/usr/bin/env bash
# Two roles: the owner makes and migrates the schema and backs it up; the app's role is plain, so that row level
# security binds it. Run by the image once, when the data volume is empty.
set -euo pipefail
: "${OWNER_DATABASE_PASSWORD:?}" "${APP_DATABASE_PASSWORD:?}"

PGPASSWORD="$POSTGRES_PASSWORD" psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set owner_password="$OWNER_DATABASE_PASSWORD" --set app_password="$APP_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE syntharra_owner LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS NOCREATEDB PASSWORD :'owner_password';
CREATE ROLE syntharra_app LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS NOCREATEDB PASSWORD :'app_password';
CREATE DATABASE syntharra OWNER syntharra_owner;
REVOKE ALL ON DATABASE syntharra FROM PUBLIC;
GRANT CONNECT ON DATABASE syntharra TO syntharra_app;
SQL
