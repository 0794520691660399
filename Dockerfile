# One small image: SQLite by default, PostgreSQL by HELPDESK_DATABASE_URL. Runs as a user without rights, on a read-only root.
ARG BASE=python:3.11-slim
FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /app && /app/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
RUN /app/bin/pip install --no-deps --no-build-isolation . && /app/bin/python -m compileall -q /app/lib

FROM ${BASE}
COPY --from=build /app /app
COPY knowledge /srv/knowledge
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HELPDESK_KNOWLEDGE=/srv/knowledge HELPDESK_DATABASE_URL=sqlite:////data/helpdesk.db HELPDESK_HOST=0.0.0.0 HELPDESK_LOG_JSON=1
RUN useradd --system --uid 10001 --home-dir /data helpdesk && mkdir -p /data && chown helpdesk /data
USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
ENTRYPOINT ["helpdesk"]
CMD ["serve"]
