using Bridge.Api.Configuration;
using Bridge.Api.Middleware;
using Bridge.Application.Admission;
using Bridge.Application.Options;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Bridge.Api.Hosting;

/// <summary>Says once, when the service listens, what it is and what to do with it.</summary>
internal sealed partial class StartupNotes(
    SettingsSource settings, TwilioProof proof, IOptions<AdmissionOptions> admission, IServer server, IOptions<BridgeOptions> bridge, IOptions<TwilioOptions> twilio, IHostApplicationLifetime life, ILogger<StartupNotes> logger) : IHostedService
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
        if (!proof.IsRequired)
            LogOpen(twilio.Value.ValidateSignatures ? "TWILIO_AUTH_TOKEN is not set, and this is Development" : "TWILIO_VALIDATE_SIGNATURES is off");
        if (admission.Value.StreamTokenKeys is null && bridge.Value.Replicas > 1)
            LogKeysMissing(bridge.Value.Replicas);
        else if (admission.Value.StreamTokenKeys is null)
            LogRandomKey();
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        var publicBase = twilio.Value.PublicBaseUrl?.ToString().TrimEnd('/') ?? address;
        LogReady(bridge.Value.Provider, address, publicBase);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Why}: it is not checked that requests come from Twilio. Who finds the address can hold conversations on your key; the webhook, the question after a stream, and so the media stream stand open")]
    private partial void LogOpen(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "REPLICAS is {Replicas} and STREAM_TOKEN_KEYS is not set: a media stream that reaches another instance than its webhook is refused. Set the same keys for all")]
    private partial void LogKeysMissing(int replicas);

    [LoggerMessage(Level = LogLevel.Information, Message = "STREAM_TOKEN_KEYS is not set: media streams are let in by a random key, which is good for one replica and until the next start")]
    private partial void LogRandomKey();

    [LoggerMessage(Level = LogLevel.Warning, Message = "OPENAI_API_KEY is not set, and this is Development: calls are answered by the echo provider, which repeats what the caller says")]
    private partial void LogEcho();

    [LoggerMessage(Level = LogLevel.Information, Message = "Bridge is ready with provider {Provider} on {Address}; the voice webhook is {PublicBase}/incoming-call")]
    private partial void LogReady(string provider, string address, string publicBase);
}
