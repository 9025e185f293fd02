# Two stages: the first installs the locked packages and our wheel into one folder, the second keeps
# only that folder. Only wheels are installed, so neither stage has a compiler.
FROM python:3.12-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src

COPY requirements-runtime.lock requirements-build.lock ./
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes --only-binary :all: -r requirements-build.lock \
    && python -m venv --without-pip /opt/esim \
    && pip --python /opt/esim/bin/python install --require-hashes --only-binary :all: -r requirements-runtime.lock

# What belongs to the application is said once, in pyproject.toml; .dockerignore keeps the rest out.
COPY . .
RUN /opt/build/bin/python -m hatchling build --target wheel --directory /dist \
    && pip --python /opt/esim/bin/python install --no-index --no-deps /dist/*.whl

FROM python:3.12-slim-bookworm
COPY --from=build /opt/esim /opt/esim
ENV PATH=/opt/esim/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin esim
WORKDIR /
USER 10001
STOPSIGNAL SIGTERM
CMD ["esim-worker"]
