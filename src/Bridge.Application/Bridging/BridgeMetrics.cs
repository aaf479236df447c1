using System.Diagnostics.Metrics;
using Bridge.Application.Calls;

namespace Bridge.Application.Bridging;

/// <summary>The instruments of the meter <c>Bridge</c>, each named once. Read them with any OpenTelemetry or .NET metrics tool.</summary>
public sealed class BridgeMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Bridge";

    private readonly UpDownCounter<int> _active;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _skipped;
    private readonly Counter<int> _interruptions;
    private readonly Histogram<double> _reaction;
    private readonly Histogram<double> _connect;
    private readonly Histogram<double> _firstAudio;
    private readonly Histogram<long> _drift;
    private readonly Counter<int> _races;
    private readonly Counter<long> _dropped;

    /// <summary>Makes the instruments.</summary>
    public BridgeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _active = meter.CreateUpDownCounter<int>("bridge.calls.active", "{call}", "Calls that are on");
        _duration = meter.CreateHistogram<double>("bridge.call.duration", "s", "From the stream's start to the call's end");
        _frames = meter.CreateCounter<long>("bridge.frames", "{frame}", "Pieces of audio carried, added at the call's end");
        _skipped = meter.CreateCounter<long>("bridge.messages.skipped", "{message}", "Messages of Twilio's that were not understood");
        _interruptions = meter.CreateCounter<int>("bridge.interruptions", "{interruption}", "Times a caller cut the assistant short");
        _reaction = meter.CreateHistogram<double>("bridge.interruption.reaction", "s", "From the model's report of speech to clear written");
        _connect = meter.CreateHistogram<double>("bridge.session.connect.duration", "s", "Opening a session with the model");
        _firstAudio = meter.CreateHistogram<double>("bridge.response.first_audio", "s", "From the end of the caller's speech to the first audio");
        _drift = meter.CreateHistogram<long>("bridge.playback.drift", "ms", "What marks corrected of our playhead in a call, added up");
        _dropped = meter.CreateCounter<long>("bridge.caller.dropped", "ms", "The caller's audio that the model could not take in time");
        _races = meter.CreateCounter<int>("bridge.response.races", "{race}", "Commands that crossed what the model did");
    }

    internal void CallStarted() => _active.Add(1);

    internal void CallEnded(CallSummary call)
    {
        _active.Add(-1);
        _duration.Record(call.Duration.TotalSeconds, new KeyValuePair<string, object?>("reason", call.Reason.ToString()));
        _dropped.Add(call.DroppedMs);
        _drift.Record(call.DriftMs);
        _frames.Add(call.CallerFrames, new KeyValuePair<string, object?>("direction", "caller_to_model"));
        _frames.Add(call.AssistantDeltas, new KeyValuePair<string, object?>("direction", "model_to_caller"));
        _skipped.Add(call.Skips.Unknown, new KeyValuePair<string, object?>("kind", "unknown"));
        _skipped.Add(call.Skips.Malformed, new KeyValuePair<string, object?>("kind", "malformed"));
    }

    internal void Interrupted(TimeSpan reaction)
    {
        _interruptions.Add(1);
        _reaction.Record(reaction.TotalSeconds);
    }

    internal void FirstAudio(TimeSpan afterSpeech) => _firstAudio.Record(afterSpeech.TotalSeconds);

    internal void Raced(string kind) => _races.Add(1, new KeyValuePair<string, object?>("kind", kind));

    internal void SessionConnected(TimeSpan took, string provider, bool succeeded) =>
        _connect.Record(
            took.TotalSeconds,
            new KeyValuePair<string, object?>("provider", provider),
            new KeyValuePair<string, object?>("succeeded", succeeded));
}
