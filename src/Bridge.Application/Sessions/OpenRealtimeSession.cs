using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Sessions;

/// <summary>A call needs a model: open a session. Whoever sent this disposes what it gets.</summary>
public sealed record OpenRealtimeSession(CallIdentity Call) : IRequest<IRealtimeSession>;

/// <summary>Picks the provider and connects within the time allowed.</summary>
public sealed partial class OpenRealtimeSessionHandler(
    IServiceProvider providers,
    IOptions<BridgeOptions> bridge,
    IOptions<AssistantOptions> assistant,
    BridgeMetrics metrics,
    TimeProvider time,
    ILogger<OpenRealtimeSessionHandler> logger) : IRequestHandler<OpenRealtimeSession, IRealtimeSession>
{
    /// <inheritdoc />
    public async Task<IRealtimeSession> Handle(OpenRealtimeSession request, CancellationToken cancellationToken)
    {
        var provider = bridge.Value.Provider;
        var client = providers.GetRequiredKeyedService<IRealtimeClient>(provider);
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(bridge.Value.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var session = await client.CreateSessionAsync(Settings(assistant.Value), either.Token);
            var took = time.GetElapsedTime(started);
            metrics.SessionConnected(took, provider, succeeded: true);
            LogSessionReady(session.Id, provider, (long)took.TotalMilliseconds);
            return session;
        }
        catch (Exception e) when (e is RealtimeSessionException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            metrics.SessionConnected(time.GetElapsedTime(started), provider, succeeded: false);
            throw e as RealtimeSessionException
                ?? new RealtimeSessionException($"The model did not open a session within {bridge.Value.ConnectTimeout.TotalSeconds} s.", e);
        }
    }

    private static RealtimeSessionSettings Settings(AssistantOptions options) =>
        new(options.Instructions, options.Voice, options.Temperature, options.TurnDetection);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session ready: {SessionId} with {Provider} after {ElapsedMs} ms")]
    private partial void LogSessionReady(string sessionId, string provider, long elapsedMs);
}
