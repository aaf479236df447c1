using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bridge.Api.Configuration;
using Bridge.Api.Hosting;
using Bridge.Api.Middleware;
using Bridge.Api.Observability;
using Bridge.Api.Runtime;
using Bridge.Api.Transport;
using Bridge.Application;
using Bridge.Application.Bridging;
using Bridge.Application.Calls;
using Bridge.Application.IncomingCalls;
using Bridge.Application.Options;
using Bridge.Infrastructure;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
        services.AddSingleton<IValidateOptions<TwilioOptions>, ProofRules>();
        services.AddSingleton<TwilioProof>().AddSingleton<TwilioGuard>();
        services.AddLimits(builder.Configuration);
        services.AddApplication().AddInfrastructure();
        // Nothing is bound from a request's values: binding would read the form again, and trip over names that Twilio never sends.
        // The core alone: the rest would put authentication and authorisation, of which there is none, before every request and every call.
        services.AddMvcCore(mvc => mvc.ValueProviderFactories.Clear()).AddApplicationPart(typeof(BridgeApp).Assembly);
        services.AddHealthChecks().AddCheck<CapacityHealthCheck>("capacity");
        services.AddSingleton<MediaStreamMiddleware>();
        // The lifetime is made while the host is built, and the drain asks for settings: see below.
        services.AddSingleton<Func<CallDrain>>(provider => provider.GetRequiredService<CallDrain>).AddSingleton<IHostLifetime, SignalLifetime>();
        services.AddHostedService<CallDrainService>().AddHostedService<RuntimeNotes>().AddHostedService<StartupNotes>();
        // Plain reads here: bound options would report their faults while the host is built, before all faults are gathered.
        services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop(builder.Configuration["Bridge:DrainTimeout"]));
        services.AddSerilog((provider, log) => log
            .ForBridge(builder.Configuration["Server:LogLevel"] ?? "info", LogQueue.ForTheConsole(provider.GetRequiredService<BridgeMetrics>()))
            .ReadFrom.Services(provider));
        // Together with RuntimeSettings: either alone changes nothing (docs/performance.md).
        // And a crowd that knocks at once must find room: who does not, believes itself connected, and waits for ever.
        builder.WebHost.UseSockets(sockets => (sockets.CreateBoundListenSocket, sockets.UnsafePreferInlineScheduling, sockets.Backlog) = (Listen, true, 4096));
        // The last that is registered is asked first.
        services.AddSingleton<IConnectionListenerFactory, SocketTransport>();
        customize?.Invoke(builder);

        var app = builder.Build();
        Validate(app);
        app.Urls.Add(app.Services.GetRequiredService<IOptions<ServerOptions>>().Value.Url);
        app.MapEverything();
        return app;
    }

    private static void Validate(WebApplication app)
    {
        try
        {
            app.Services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch
        {
            // Nobody else has it to dispose of, and its log has lines that are not written yet.
            ((IDisposable)app).Dispose();
            throw;
        }
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

    /// <summary>What a request may be, and whom to believe what it says of where it comes from.</summary>
    private static void AddLimits(this IServiceCollection services, ConfigurationManager configuration)
    {
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            // A plain read, as above: the server is made while the host is built. Faults are reported with all others.
            var limits = configuration.GetSection($"{ServerOptions.Section}:Limits").Get<WebLimits>() ?? new();
            if (!Validator.TryValidateObject(limits, new ValidationContext(limits), null, validateAllProperties: true))
                return;
            limits.Apply(kestrel);
            kestrel.ConfigureEndpointDefaults(listen => listen.MustComeWithin(limits.HeaderTimeout));
        });
        services.AddOptions<ForwardedHeadersOptions>().Configure<IOptions<ServerOptions>>((forwarded, server) =>
        {
            // No prefix: some proxies pass a stranger's on.
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.ForwardLimit = null;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in server.Value.TrustedNetworks)
                forwarded.KnownIPNetworks.Add(network!.Value);
        });
    }

    private static void MapEverything(this WebApplication app)
    {
        // Even in Development nobody outside is shown what went wrong inside.
        app.UseExceptionHandler(failed => failed.Run(_ => Task.CompletedTask));
        var server = app.Services.GetRequiredService<IOptions<ServerOptions>>().Value;
        if (server.TrustedNetworks.Count > 0)
            app.UseForwardedHeaders();
        // A proxy that keeps the base path of the public URL and one that strips it both work.
        if (app.Services.GetRequiredService<IOptions<TwilioOptions>>().Value.PublicBaseUrl is { AbsolutePath: var path } && path != "/")
            app.UsePathBase(path.TrimEnd('/'));
        app.Use(OnThePool);
        app.Use(MediaStreamUpgrade.Use);
        app.UseWebSockets();
        app.Map(TwilioPaths.MediaStream, branch => branch.Run(app.Services.GetRequiredService<MediaStreamMiddleware>().InvokeAsync));
        app.UseRouting();
        app.UseMiddleware<TwilioGuard>();
        var open = new OpenToAll();
        app.MapGet("/", () => Results.Json(new { message = "Bridge is running. Point the voice webhook of a Twilio number at /incoming-call." })).WithMetadata(open);
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).WithMetadata(open);
        app.MapHealthChecks("/health/ready").WithMetadata(open);
        app.MapControllers();
    }

    /// <summary>A request begins on a thread that carries frames: proofs, documents and dials are for others.</summary>
    private static async Task OnThePool(HttpContext context, RequestDelegate next)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await next(context);
    }
}
