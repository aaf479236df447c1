using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Bridge.Application.Sessions;

/// <summary>A call needs a model: open a session. Whoever sent this disposes what it gets.</summary>
/// <param name="Call">Which call.</param>
/// <param name="History">The conversation so far, as it was heard; empty for a new one.</param>
public sealed record OpenRealtimeSession(CallIdentity Call, IReadOnlyList<TranscriptTurn> History) : IRequest<IRealtimeSession>
{
    /// <summary>Who calls, as labelled data; null for nothing.</summary>
    public string? CallerContext { get; init; }
}

/// <summary>Picks the provider and connects within the time allowed: two tries, the second only where it may do.</summary>
public sealed partial class OpenRealtimeSessionHandler : IRequestHandler<OpenRealtimeSession, IRealtimeSession>
{
    /// <summary>A model that wants to be asked again later than this is not waited for: the caller is on the line.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly IServiceProvider _providers;
    private readonly BridgeOptions _bridge;
    private readonly AssistantOptions _assistant;
    private readonly ModelCircuit _circuit;
    private readonly BridgeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<OpenRealtimeSessionHandler> _logger;
    private readonly ResiliencePipeline<IRealtimeSession> _dial;

    /// <summary>Puts the two tries together.</summary>
    public OpenRealtimeSessionHandler(
        IServiceProvider providers,
        IOptions<BridgeOptions> bridge,
        IOptions<AssistantOptions> assistant,
        ModelCircuit circuit,
        BridgeMetrics metrics,
        TimeProvider time,
        ILogger<OpenRealtimeSessionHandler> logger)
    {
        (_providers, _bridge, _assistant, _circuit, _metrics, _time, _logger) = (providers, bridge.Value, assistant.Value, circuit, metrics, time, logger);
        _dial = new ResiliencePipelineBuilder<IRealtimeSession> { TimeProvider = time }
            .AddTimeout(_bridge.ConnectTimeout)
            .AddRetry(new RetryStrategyOptions<IRealtimeSession>
            {
                MaxRetryAttempts = 1,
                ShouldHandle = tried => ValueTask.FromResult(MayDo(tried.Outcome.Exception)),
                DelayGenerator = tried => ValueTask.FromResult<TimeSpan?>((tried.Outcome.Exception as RealtimeSessionException)?.RetryAfter ?? TimeSpan.Zero),
                OnRetry = tried =>
                {
                    LogAgain(Explain(tried.Outcome.Exception!).Message);
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(_bridge.ConnectAttemptTimeout)
            .Build();
    }

    /// <inheritdoc />
    public async Task<IRealtimeSession> Handle(OpenRealtimeSession request, CancellationToken cancellationToken)
    {
        var provider = _bridge.Provider;
        var client = _providers.GetRequiredKeyedService<IRealtimeClient>(provider);
        var settings = Settings(_assistant) with { History = request.History, CallerContext = request.CallerContext };
        var started = _time.GetTimestamp();
        try
        {
            var session = await _dial.ExecuteAsync(async cancel => await TryAsync(client, settings, cancel), cancellationToken);
            var took = _time.GetElapsedTime(started);
            _metrics.SessionConnected(took, provider, errorType: null);
            _circuit.Succeeded();
            return await ToldAsync(session, provider, (long)took.TotalMilliseconds);
        }
        catch (Exception e) when (e is RealtimeSessionException or TimeoutRejectedException)
        {
            var failure = Explain(e);
            _metrics.SessionConnected(_time.GetElapsedTime(started), provider, failure.ErrorType);
            _circuit.Failed(failure);
            throw failure;
        }
    }

    /// <summary>One try. A session that comes when its time is over is closed, and handed out to nobody.</summary>
    private async Task<IRealtimeSession> TryAsync(IRealtimeClient client, RealtimeSessionSettings settings, CancellationToken cancellationToken)
    {
        var opening = client.CreateSessionAsync(settings, cancellationToken);
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = CloseLateAsync(opening);
            throw;
        }
    }

    private async Task CloseLateAsync(Task<IRealtimeSession> opening)
    {
        try
        {
            await (await opening).DisposeAsync();
            LogTooLate();
        }
        catch (Exception)
        {
            // It failed, which is what was wanted of it.
        }
    }

    /// <summary>Until the caller has it, the session is ours: whatever goes wrong, it is closed.</summary>
    private async Task<IRealtimeSession> ToldAsync(IRealtimeSession session, string provider, long elapsedMs)
    {
        try
        {
            LogSessionReady(session.Id, provider, elapsedMs);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private static bool MayDo(Exception? failure) => failure switch
    {
        TimeoutRejectedException => true,
        RealtimeSessionException { Failure: RealtimeSessionFailure.Unreachable } => true,
        RealtimeSessionException { Failure: RealtimeSessionFailure.Busy, RetryAfter: { } wait } => wait <= LongestWait,
        _ => false,
    };

    private RealtimeSessionException Explain(Exception failure)
    {
        if (failure is RealtimeSessionException explained)
            return explained;
        _metrics.SessionAbandoned();
        return new RealtimeSessionException($"The model did not open a session within {((TimeoutRejectedException)failure).Timeout.TotalSeconds} s.", RealtimeSessionFailure.Unreachable, failure) { ErrorType = "timeout" };
    }

    private static RealtimeSessionSettings Settings(AssistantOptions options) =>
        new(options.Instructions, options.Voice, options.Temperature, options.TurnDetection);

    [LoggerMessage(Level = LogLevel.Information, Message = "Session ready: {SessionId} with {Provider} after {ElapsedMs} ms")]
    private partial void LogSessionReady(string sessionId, string provider, long elapsedMs);

    [LoggerMessage(Level = LogLevel.Information, Message = "A session came when its time was over; it is closed")]
    private partial void LogTooLate();

    [LoggerMessage(Level = LogLevel.Warning, Message = "No session at the first try: {Why} Once more")]
    private partial void LogAgain(string why);
}
