#!/bin/sh
# Runs once, when the database's folder is made: the owner of the tables, and the application that may not alter them.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d polku \
  -v owner="$(cat /run/secrets/owner_password)" -v app="$(cat /run/secrets/app_password)" <<'SQL'
CREATE ROLE polku_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner';
CREATE ROLE polku_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'app';
ALTER DATABASE polku OWNER TO polku_owner;
REVOKE ALL ON DATABASE polku FROM PUBLIC;
GRANT CONNECT ON DATABASE polku TO polku_app;
CREATE EXTENSION IF NOT EXISTS btree_gist;
SQL
