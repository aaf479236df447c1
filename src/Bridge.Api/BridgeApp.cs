using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bridge.Api.Configuration;
using Bridge.Api.Hosting;
using Bridge.Api.Middleware;
using Bridge.Api.Observability;
using Bridge.Application;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using Bridge.Infrastructure;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Serilog;

namespace Bridge.Api;

/// <summary>The composition root: the only place that knows every name.</summary>
internal static class BridgeApp
{
    /// <summary>Puts the service together; it listens when it is started.</summary>
    /// <param name="variables">The environment, with <c>.env</c> already in it.</param>
    /// <param name="customize">For tests: what to replace, after everything is registered.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong; several are an <see cref="AggregateException"/> of these.</exception>
    public static WebApplication Create(IReadOnlyDictionary<string, string> variables, Action<WebApplicationBuilder>? customize = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // appsettings.json lies beside the program, wherever it is started from.
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = variables.GetValueOrDefault("ASPNETCORE_ENVIRONMENT") ?? variables.GetValueOrDefault("DOTNET_ENVIRONMENT") ?? Environments.Production,
        });
        var settings = new SettingsSource(variables, builder.Configuration, builder.Environment.IsDevelopment());
        var services = builder.Services;
        services.AddSingleton(settings).AddSingleton<IValidateOptions<ServerOptions>>(settings);
        services.AddValidatedOptions<ServerOptions, ServerOptionsRules>(ServerOptions.Section);
        services.AddApplication().AddInfrastructure();
        services.AddControllers().AddApplicationPart(typeof(BridgeApp).Assembly);
        services.AddHealthChecks().AddCheck<CapacityHealthCheck>("capacity");
        services.AddSingleton<MediaStreamMiddleware>();
        services.AddSingleton<IHostLifetime, SignalLifetime>();
        services.AddHostedService<CallDrainService>().AddHostedService<StartupNotes>();
        // Plain reads here: bound options would report their faults while the host is built, before all faults are gathered.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop(builder.Configuration["Bridge:DrainTimeout"]));
        services.AddSerilog((provider, log) => log.ForBridge(builder.Configuration["Server:LogLevel"] ?? "info").ReadFrom.Services(provider));
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Listen);
        customize?.Invoke(builder);

        var app = builder.Build();
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.Urls.Add(app.Services.GetRequiredService<IOptions<ServerOptions>>().Value.Url);
        app.MapEverything();
        return app;
    }

    /// <summary>
    /// The kernel may hold some five seconds of speech for a peer that does not read, not five minutes: a stuck line must be seen.
    /// Accepted sockets inherit it.
    /// </summary>
    private static Socket Listen(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        socket.SendBufferSize = 64 * 1024;
        return socket;
    }

    private static TimeSpan LongestStop(string? drainTimeout) =>
        (TimeSpan.TryParse(drainTimeout, CultureInfo.InvariantCulture, out var drain) ? drain : TimeSpan.Zero) + TimeSpan.FromSeconds(15);

    private static void MapEverything(this WebApplication app)
    {
        // A proxy that keeps the base path of the public URL and one that strips it both work.
        if (app.Services.GetRequiredService<IOptions<TwilioOptions>>().Value.PublicBaseUrl is { AbsolutePath: var path } && path != "/")
            app.UsePathBase(path.TrimEnd('/'));
        app.UseWebSockets();
        app.Map(TwilioPaths.MediaStream, branch => branch.Run(app.Services.GetRequiredService<MediaStreamMiddleware>().InvokeAsync));
        app.UseRouting();
        app.MapGet("/", () => Results.Json(new { message = "Bridge is running. Point the voice webhook of a Twilio number at /incoming-call." }));
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
        app.MapControllers();
    }
}
