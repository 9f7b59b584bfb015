# An image that sweeps on a cluster of Ray's, and serves its store (docs/deploy/compose.yaml).
# Not tested: where this project is made, there is no container engine.
#   docker build --tag pruning .
FROM python:3.12.11-slim-bookworm

# KubeRay asks by wget whether its pods are well.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends wget \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 sweeps

WORKDIR /opt/runner
# requirements.lock is enough for one machine and a store on it.
ARG LOCK=requirements-cluster.lock
COPY requirements.lock requirements-cluster.lock ./
RUN python -m pip install --no-cache-dir --require-hashes -r "$LOCK"
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY runner runner
COPY conf conf
COPY sweeps sweeps
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation .

USER sweeps
WORKDIR /home/sweeps
ENTRYPOINT ["python", "-m", "runner"]
