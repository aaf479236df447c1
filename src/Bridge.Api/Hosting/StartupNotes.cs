using Bridge.Api.Configuration;
using Bridge.Application.Options;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Hosting;

/// <summary>Says once, when the service listens, what it is and what to do with it.</summary>
internal sealed partial class StartupNotes(
    SettingsSource settings, IServer server, IOptions<BridgeOptions> bridge, IOptions<TwilioOptions> twilio, IHostApplicationLifetime life, ILogger<StartupNotes> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        life.ApplicationStarted.Register(Say);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Say()
    {
        if (settings.EchoForWantOfKey)
            LogEcho();
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        var publicBase = twilio.Value.PublicBaseUrl?.ToString().TrimEnd('/') ?? address;
        LogReady(bridge.Value.Provider, address, publicBase);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "OPENAI_API_KEY is not set, and this is Development: calls are answered by the echo provider, which repeats what the caller says")]
    private partial void LogEcho();

    [LoggerMessage(Level = LogLevel.Information, Message = "Bridge is ready with provider {Provider} on {Address}; the voice webhook is {PublicBase}/incoming-call")]
    private partial void LogReady(string provider, string address, string publicBase);
}
