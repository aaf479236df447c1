using System.Diagnostics.Metrics;
using System.Globalization;
using System.Security.Cryptography;
using Bridge.Api.Observability;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Bridge.Api.WarmUp;

/// <summary>
/// A call before the first one. A second bridge in this process takes it, with a registry, limits, tokens, keys, instruments and a
/// log of its own, at an address that nobody knows, with a model that asks nobody; then it is thrown away. So the code that
/// answers callers is compiled before one waits for it, and what the service knows of calls has not heard of this one.
/// </summary>
internal static class Rehearsal
{
    private static readonly Uri PublicUrl = new("https://rehearsal.invalid");

    /// <summary>Plays it, with the provider that the service has if that one has a stand-in.</summary>
    /// <exception cref="RehearsalException">It did not go as a call goes. The service may be right all the same.</exception>
    public static async Task PlayAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var authToken = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var provider = services.GetRequiredService<IOptions<BridgeOptions>>().Value.Provider;
        await using var scope = services.CreateAsyncScope();
        var model = scope.ServiceProvider.GetKeyedService<IStandInModel>(provider);
        var variables = new Dictionary<string, string>(model?.Variables ?? new Dictionary<string, string>())
        {
            ["HOST"] = "127.0.0.1",
            ["PORT"] = "0",
            ["PUBLIC_BASE_URL"] = PublicUrl.OriginalString,
            // Without a stand-in the provider's client would find the real model, and that costs money.
            ["REALTIME_PROVIDER"] = model is null ? "echo" : provider,
            ["STREAM_TOKEN_KEYS"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            ["TWILIO_ACCOUNT_SID"] = RehearsalCaller.AccountSid,
            ["TWILIO_AUTH_TOKEN"] = authToken,
            ["TWILIO_VALIDATE_SIGNATURES"] = "on",
        };
        await using var bridge = BridgeApp.Create(variables, KeepToItself);
        await bridge.StartAsync(cancellationToken);
        var address = bridge.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        using var caller = new RehearsalCaller(new Uri(address), PublicUrl, authToken);
        await caller.CallAsync(cancellationToken);
        PrepareControllers(services);
    }

    /// <summary>What the framework compiles once an application and not once a process: how its controllers are called. None is.</summary>
    private static void PrepareControllers(IServiceProvider services)
    {
        var invokers = services.GetRequiredService<IActionInvokerFactory>();
        foreach (var action in services.GetRequiredService<IActionDescriptorCollectionProvider>().ActionDescriptors.Items)
            invokers.CreateInvoker(new ActionContext(new DefaultHttpContext { RequestServices = services }, new RouteData(), action));
    }

    /// <summary>Its lines and its counts are nobody's, and the process's signals are the service's.</summary>
    private static void KeepToItself(WebApplicationBuilder builder) => builder.Services
        .AddSerilog((_, log) => log.ForBridge("info", new UnreadLines()), preserveStaticLogger: true)
        .AddSingleton<IMeterFactory, UnreadMeters>()
        .AddSingleton<IHostLifetime, NoSignals>()
        // Endpoints that the owner has configured are the service's own: this one listens where it was told, on loopback.
        .Configure<KestrelServerOptions>(static kestrel => kestrel.Configure());

    /// <summary>Whoever reads the meters of the service finds them by name, so these have others.</summary>
    private sealed class UnreadMeters : IMeterFactory
    {
        private readonly ServiceProvider _inner = new ServiceCollection().AddMetrics().BuildServiceProvider();

        public Meter Create(MeterOptions options) => _inner.GetRequiredService<IMeterFactory>().Create(new MeterOptions("rehearsal." + options.Name));

        public void Dispose() => _inner.Dispose();
    }

    /// <summary>Lines are put together as the service's are, and go nowhere.</summary>
    private sealed class UnreadLines : ILogEventSink
    {
        public void Emit(LogEvent logEvent) => logEvent.RenderMessage(CultureInfo.InvariantCulture);
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
