# syntax=docker/dockerfile:1

FROM node:20-bookworm-slim AS node

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# The build brings the web UI's packages with npm; neither is in the final image.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s /usr/local/lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
WORKDIR /source
# What gets here is listed in .dockerignore.
COPY . ./
# Precompiled: it starts sooner and does more in its first seconds.
RUN dotnet publish src/Server --configuration Release --use-current-runtime --self-contained false -p:PublishReadyToRun=true --output /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app ./
# The data belongs to the user that the base image brings for this, and to nobody else.
RUN install --directory --mode=700 --owner="$APP_UID" --group="$APP_UID" /data
USER $APP_UID
# A container is reached from outside only where its ports are published, so here it listens on all of its addresses.
ENV ASPNETCORE_HTTP_PORTS="" \
    ASPNETCORE_URLS="http://0.0.0.0:5050" \
    Storage__DataDirectory="/data"
EXPOSE 5050
VOLUME ["/data"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/5050 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["dotnet", "Platform.Server.dll"]
