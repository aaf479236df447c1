using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Infrastructure.Machine;
using Bridge.Infrastructure.Realtime.Echo;
using Bridge.Infrastructure.Realtime.OpenAI;
using Bridge.Infrastructure.Recordings;
using Bridge.Infrastructure.Twilio;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Infrastructure;

/// <summary>The wires, as services.</summary>
public static class DependencyInjection
{
    /// <summary>Registers Twilio's side and every provider. A new provider is one line here and one folder.</summary>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services) =>
        services
            .AddSingleton<TwilioMediaSocketFactory>()
            .AddValidatedOptions<MediaStreamLimits>(MediaStreamLimits.Section)
            .AddSingleton<IProcessorTime, ProcessorTime>()
            .AddSingleton<IRecordings, RecordingFiles>()
            .AddValidatedOptions<RecordingOptions, RecordingOptionsRules>(RecordingOptions.Section)
            .AddOpenAIRealtime()
            .AddEchoRealtime();
}

/// <summary>Makes a media stream of an accepted WebSocket. Whoever accepted the socket disposes it.</summary>
public sealed class TwilioMediaSocketFactory
{
    private readonly Func<WebSocket, FramedStream?, ITwilioMediaSocket> _create;

    /// <summary>With the limits that are set.</summary>
    public TwilioMediaSocketFactory(IServiceProvider services)
    {
        var (limits, options) = (services.GetRequiredService<IOptions<MediaStreamLimits>>().Value, services.GetRequiredService<IOptions<BridgeOptions>>().Value);
        var (time, logger) = (services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<TwilioMediaSocket>>());
        _create = (socket, connection) => new TwilioMediaSocket(socket, limits, options.CloseTimeout, time, logger, connection);
    }

    /// <summary>The media stream over <paramref name="socket"/>.</summary>
    /// <param name="socket">Accepted.</param>
    /// <param name="connection">What the socket writes to: frames are written there directly. Null: the socket writes them.</param>
    public ITwilioMediaSocket Create(WebSocket socket, FramedStream? connection = null) => _create(socket, connection);
}
