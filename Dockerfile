# Untested: there was no container engine where this file was written. The same commands run in `.ci/run`.
#
#   docker build --tag fulcrum .
#   docker run --publish 3000:3000 --volume fulcrum:/data \
#     --env FULCRUM_PUBLIC_URL=https://fulcrum.example.com fulcrum

FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
# Node optimises the WebAssembly module; nothing of it is in the final image.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && rustup target add wasm32-unknown-unknown
WORKDIR /source
# The image's toolchain serves: the file would have rustup download another.
ENV RUSTUP_TOOLCHAIN=1.95
COPY . .
RUN cargo xtask build

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /data fulcrum \
    && install --directory --owner=fulcrum --group=fulcrum --mode=0700 /data
COPY --from=build /source/target/release/fulcrum /usr/local/bin/fulcrum
USER fulcrum
WORKDIR /data
VOLUME /data
EXPOSE 3000
ENV FULCRUM_ADDR=0.0.0.0:3000 \
    DATABASE_URL=sqlite:/data/fulcrum.db \
    FULCRUM_KEY_FILE=/data/secret.key
ENTRYPOINT ["fulcrum"]
CMD ["serve"]
