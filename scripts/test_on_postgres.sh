#!/usr/bin/env bash
# Runs the database tests inside pg_virtualenv, which makes a cluster, sets PG* and drops it afterwards.
set -eu
export BLUELAMP_DATABASE_URL="postgresql://${PGUSER}:${PGPASSWORD:-}@${PGHOST}:${PGPORT}/postgres"
exec .venv/bin/pytest -n auto --dist worksteal -q tests/capabilities tests/journeys/test_query_counts.py -m "not browser and not any_engine"
