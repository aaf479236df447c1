using Bridge.Application.Abstractions;
using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Application.Options;
using Bridge.Domain.Calls;
using MediatR;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Bridging;

/// <summary>What every call is put together from.</summary>
public sealed class CallParts(
    CallRegistry calls,
    Refusals refusals,
    CallOutcomes outcomes,
    IMediator mediator,
    CallPublisher publisher,
    IRecordings recordings,
    BridgeMetrics metrics,
    UplinkBatching batching,
    IOptions<BridgeOptions> options,
    IOptions<AssistantOptions> assistant,
    TimeProvider time,
    TimerWheel wheel)
{
    internal CallRegistry Calls => calls;

    internal Refusals Refusals => refusals;

    internal CallOutcomes Outcomes => outcomes;

    internal IMediator Mediator => mediator;

    internal CallPublisher Publisher => publisher;

    internal IRecordings Recordings => recordings;

    internal BridgeMetrics Metrics => metrics;

    internal UplinkBatching Batching => batching;

    internal BridgeOptions Options => options.Value;

    internal AssistantOptions Assistant => assistant.Value;

    internal TimeProvider Time => time;

    internal TimerWheel Wheel => wheel;

    /// <summary>How patient a call is.</summary>
    internal CallPolicy Policy { get; } = PolicyOf(options.Value.Patience, assistant.Value);

    private static CallPolicy PolicyOf(PatienceOptions patience, AssistantOptions assistant) => new()
    {
        FillerAfter = patience.FillerAfter,
        StallAfter = patience.StallAfter,
        FirstAudioWithin = patience.FirstAudioWithin,
        TurnEndDelay = TimeSpan.FromMilliseconds(assistant.TurnDetection.SilenceDurationMs),
        AskAfter = patience.IdleAskAfter,
        IdleEndAfter = patience.IdleEndAfter,
        LongestCall = patience.MaxCallDuration,
        GoodbyeWithin = patience.GoodbyeWithin,
        Prompts = new()
        {
            TakeUp = assistant.TakeUp,
            HearAgain = assistant.HearAgain,
            StillThere = assistant.StillThere,
            Goodbye = assistant.Goodbye,
            Filtered = assistant.Filtered,
        },
    };
}
