# The bot as an image: docker build -t course-bot .
# How it is run says docs/running.md; compose.yaml runs two of it.

FROM python:3.13-slim-bookworm AS packages
RUN python -m venv /venv
COPY requirements.lock.txt /tmp/
RUN ["/venv/bin/pip", "install", "--require-hashes", "--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check", "-r", "/tmp/requirements.lock.txt"]
WORKDIR /app
COPY synonyms.txt ./
COPY demo demo/
COPY domain domain/
COPY db db/
COPY services services/
COPY texts texts/
COPY keyboards keyboards/
COPY handlers handlers/
COPY playground playground/
COPY bot bot/
# Compiled here, once: whoever runs the bot may not write beside its code.
RUN ["/venv/bin/python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "."]

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin course-bot \
    && install -d -o course-bot -g course-bot -m 700 /app/data
COPY --from=packages /venv /venv
COPY --from=packages /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUTF8=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 STATUS_LISTEN=0.0.0.0:8081
USER 10001
# The SQLite file and the key beside it, where no DATABASE_URL says otherwise.
VOLUME /app/data
# The bot's own port for those who watch it; it is published to nobody.
EXPOSE 8081
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, http.client as h; c = h.HTTPConnection('127.0.0.1', int(os.environ['STATUS_LISTEN'].rpartition(':')[2]), timeout=4); c.request('GET', '/healthz'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["python", "-m", "bot"]
