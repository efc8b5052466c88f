# syntax=docker/dockerfile:1
# A small image with the model in it. Build: docker build -t crisisbot .   Run: see docs/operations.md.

FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/crisisbot
WORKDIR /src
# The heavy layer first: it changes least.
RUN /opt/crisisbot/bin/pip install --no-deps --index-url https://download.pytorch.org/whl/cpu torch==2.13.0
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY index index
COPY corpus corpus
RUN /opt/crisisbot/bin/pip install --constraint constraints.txt ".[postgres]" \
 # What only compiles against torch or tests it is not needed to run it.
 && rm -rf /opt/crisisbot/lib/python3.12/site-packages/torch/include \
           /opt/crisisbot/lib/python3.12/site-packages/torch/test

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="Crisisbot" \
      org.opencontainers.image.description="Cited answers from news articles, in Telegram" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin crisisbot \
 && install --directory --owner=crisisbot --group=crisisbot /data
COPY --from=build /opt/crisisbot /opt/crisisbot
ENV PATH=/opt/crisisbot/bin:$PATH \
    CRISISBOT_DATA=/data \
    # Everything was compiled when it was installed, and the root file system may be read-only.
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["crisisbot"]
CMD ["run"]
