-- Run once by the PostgreSQL image, on an empty volume: three databases, each with a user of its own
-- that owns nothing else. The passwords come from the environment of the container (psql 14 or later).
\getenv temporal_password TEMPORAL_PASSWORD
\getenv visibility_password VISIBILITY_PASSWORD
\getenv inventory_password INVENTORY_PASSWORD

CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE temporal OWNER temporal;
REVOKE ALL ON DATABASE temporal FROM PUBLIC;

CREATE ROLE temporal_visibility LOGIN PASSWORD :'visibility_password';
CREATE DATABASE temporal_visibility OWNER temporal_visibility;
REVOKE ALL ON DATABASE temporal_visibility FROM PUBLIC;

CREATE ROLE esim LOGIN PASSWORD :'inventory_password';
CREATE DATABASE esim OWNER esim;
REVOKE ALL ON DATABASE esim FROM PUBLIC;
