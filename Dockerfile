# Signalbox as an image: the command `signalbox`, for workers, vendors and everything else.
#
#   docker build -t signalbox .
#   docker run --rm -e TEMPORAL_ADDRESS=… -e DATABASE_URL=… -v ./signalbox.yaml:/app/signalbox.yaml:ro \
#     signalbox worker --config /app/signalbox.yaml

FROM node:24.21.0-slim AS build
WORKDIR /app
# The lockfile alone first, so that the packages are a layer that a change of the source does not touch.
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24.21.0-slim
# Temporal's core reads the system's certificates for TLS; the slim image has none.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app /app
# Puts the package's own command on the PATH, and gives the store a folder that the user may write to.
RUN npm link --ignore-scripts && mkdir -p .signalbox && chown node:node .signalbox
USER node
ENTRYPOINT ["signalbox"]
CMD ["--help"]
