#!/bin/sh
# Makes the files of secrets/ that docker-compose.yml reads; what is there already is left alone.
# Keep a copy somewhere safe and apart from the backups of the database: without the keys the data cannot be read.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
make() { [ -s "secrets/$1" ] || printf '%s\n' "$2" >"secrets/$1"; }
key() { openssl rand -base64 32; }
word() { openssl rand -hex 32; }

for name in postgres_password owner_password app_password secret_key metrics_token; do make "$name" "$(word)"; done
make field_keys "1:$(key)"
make protected_keys "1:$(key)"
make index_key "$(key)"
make database_url "postgresql://polku_app:$(cat secrets/app_password)@postgres/polku"
make migration_database_url "postgresql://polku_owner:$(cat secrets/owner_password)@postgres/polku"
# The containers' user reads the files through Docker's mounts; on this host only the owner gets into the folder.
chmod 0700 secrets
chmod 0444 secrets/*
echo "The secrets are in secrets/."
