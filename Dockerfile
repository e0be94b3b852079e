FROM python:3.11-slim AS build
# The image's Debian decides on their versions; none of them is in what is delivered.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev make && rm -rf /var/lib/apt/lists/*
RUN python -m venv /venv
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY config/__init__.py config/
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home echodesk && install -d -o echodesk -g echodesk /data
COPY --from=build /venv /venv
COPY . /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000 VAR_DIR=/data
RUN python -m compileall -q /app
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s CMD ["python", "-m", "config.alive", "web"]
CMD ["python", "manage.py", "web"]
