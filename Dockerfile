# The images can be replaced, for a mirror or another distribution: docker build --build-arg SDK=… --build-arg RUNTIME=…
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0

FROM ${SDK} AS build
WORKDIR /source
# What decides the packages first, so that a change of code does not fetch them again.
COPY Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Bridge.Domain/Bridge.Domain.csproj src/Bridge.Domain/packages.lock.json src/Bridge.Domain/
COPY src/Bridge.Application/Bridge.Application.csproj src/Bridge.Application/packages.lock.json src/Bridge.Application/
COPY src/Bridge.Infrastructure/Bridge.Infrastructure.csproj src/Bridge.Infrastructure/packages.lock.json src/Bridge.Infrastructure/
COPY src/Bridge.Api/Bridge.Api.csproj src/Bridge.Api/packages.lock.json src/Bridge.Api/
RUN dotnet restore src/Bridge.Api --locked-mode
COPY src src
RUN dotnet publish src/Bridge.Api --configuration Release --no-restore --output /app

FROM ${RUNTIME}
WORKDIR /app
COPY --from=build /app .
# The second makes sockets complete on their own threads: docs/performance.md. The program sets it too, and says at the start whether it is in force.
# How many such threads there are (DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT) is left to it: two for each core of the container.
ENV HOST=0.0.0.0 PORT=8000
ENV DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1
EXPOSE 8000
# Any user but root; this number is the images' own user "app", and means nobody elsewhere.
USER 1654
ENTRYPOINT ["dotnet", "Bridge.Api.dll"]
