#!/bin/sh
# Create the namespace and its search attributes. Idempotent.
# The temporal command reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE from the environment.
set -eu

: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}" "${TEMPORAL_RETENTION:?}"
TRIES=60
PAUSE=2

retried() { # a new server, and a new namespace, take some seconds until every service knows of them
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    if [ "$tries" -ge "$TRIES" ]; then
      echo "Given up after $tries tries: $*" >&2
      exit 1
    fi
    sleep "$PAUSE"
  done
}

retried temporal operator cluster health

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$TEMPORAL_RETENTION"

retried temporal operator search-attribute create \
  --name OrderStatus --type Keyword \
  --name OrderKind --type Keyword \
  --name Provider --type Keyword \
  --name Distributor --type Keyword \
  --name AccountId --type Keyword \
  --name HoldReason --type Keyword
