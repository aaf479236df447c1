using System.Diagnostics;
using System.Diagnostics.Metrics;
using Bridge.Application.Admission;
using Bridge.Application.Calls;
using Bridge.Domain.Turns;

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
    private readonly Counter<int> _ended;
    private readonly Counter<int> _reconnects;
    private readonly Counter<int> _abandoned;
    private readonly Counter<int> _admissionClosed;
    private readonly Counter<int> _recordings;
    private readonly Counter<int> _responsesFailed;
    private readonly Counter<int> _refused;
    private readonly Counter<int> _turnedAway;
    private readonly Counter<int> _neverCame;
    private readonly Counter<int> _heldUp;
    private readonly Counter<long> _linesDropped;
    private int _uplinkBatchMs;

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
        _ended = meter.CreateCounter<int>("bridge.calls.ended", "{call}", "Calls that ended, by reason");
        _reconnects = meter.CreateCounter<int>("bridge.session.reconnects", "{session}", "Sessions that took the place of another, by why");
        _abandoned = meter.CreateCounter<int>("bridge.session.abandoned", "{session}", "Handshakes with the model that took too long");
        _admissionClosed = meter.CreateCounter<int>("bridge.admission.closed", "{time}", "Times new calls began to be turned away for want of a model");
        _recordings = meter.CreateCounter<int>("bridge.recordings.played", "{recording}", "Recordings the caller heard because the model did not speak");
        _responsesFailed = meter.CreateCounter<int>("bridge.response.failed", "{response}", "Responses that did not become an answer");
        _refused = meter.CreateCounter<int>("bridge.refused", "{request}", "Requests and sockets that did not prove where they come from, or broke a limit");
        _turnedAway = meter.CreateCounter<int>("bridge.calls.turned_away", "{call}", "Calls that Twilio proved and that were not taken");
        _neverCame = meter.CreateCounter<int>("bridge.stream.never_came", "{stream}", "Media streams that a webhook was answered with and that never came");
        _heldUp = meter.CreateCounter<int>("bridge.stream.held_up", "{read}", "Reads of a media stream that waited because its frames came too fast");
        _linesDropped = meter.CreateCounter<long>("bridge.log.dropped", "{line}", "Log lines that the console did not take in time");
        // Seldom changed, and asked for by whoever begins to watch later.
        meter.CreateObservableGauge<int>("bridge.uplink.batch", () => Volatile.Read(ref _uplinkBatchMs), "ms", "The caller's audio that goes to the model in one append");
        _races = meter.CreateCounter<int>("bridge.response.races", "{race}", "Commands that crossed what the model did");
    }

    internal void CallStarted() => _active.Add(1);

    internal void CallEnded(CallSummary call)
    {
        var reason = new KeyValuePair<string, object?>("reason", call.Reason.ToString());
        _active.Add(-1);
        _ended.Add(1, reason);
        _duration.Record(call.Duration.TotalSeconds, reason);
        _dropped.Add(call.DroppedMs);
        _drift.Record(call.DriftMs);
        _frames.Add(call.CallerFrames, new KeyValuePair<string, object?>("direction", "caller_to_model"));
        _frames.Add(call.AssistantDeltas, new KeyValuePair<string, object?>("direction", "model_to_caller"));
        _skipped.Add(call.Skips.Unknown, new KeyValuePair<string, object?>("kind", "unknown"));
        _skipped.Add(call.Skips.Malformed, new KeyValuePair<string, object?>("kind", "malformed"));
        _skipped.Add(call.Skips.TooFast, new KeyValuePair<string, object?>("kind", "too_fast"));
    }

    internal void Interrupted(TimeSpan reaction)
    {
        _interruptions.Add(1);
        _reaction.Record(reaction.TotalSeconds);
    }

    internal void FirstAudio(TimeSpan afterSpeech) => _firstAudio.Record(afterSpeech.TotalSeconds);

    internal void Raced(string kind) => _races.Add(1, new KeyValuePair<string, object?>("kind", kind));

    internal void SessionReplaced(string why) => _reconnects.Add(1, new KeyValuePair<string, object?>("why", why));

    internal void SessionAbandoned() => _abandoned.Add(1);

    internal void AdmissionClosed(string reason) => _admissionClosed.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void RecordingPlayed(string which) => _recordings.Add(1, new KeyValuePair<string, object?>("which", which));

    internal void ResponseFailed(ResponseEnding ending) => _responsesFailed.Add(1, new KeyValuePair<string, object?>("ending", ending.ToString()));

    /// <summary>Somebody was not let in.</summary>
    public void Refused(RefusalReason reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    internal void TurnedAway(TurnedAway why) => _turnedAway.Add(1, new KeyValuePair<string, object?>("reason", why.ToString()));

    /// <summary>A media stream was read later than it could have been: its frames come too fast.</summary>
    public void ReadingHeldUp() => _heldUp.Add(1);

    /// <summary>A log line that nobody will read.</summary>
    public void LogLineDropped() => _linesDropped.Add(1);

    internal void UplinkBatch(int milliseconds) => Volatile.Write(ref _uplinkBatchMs, milliseconds);

    internal void StreamNeverCame() => _neverCame.Add(1);

    internal void SessionConnected(TimeSpan took, string provider, string? errorType)
    {
        var tags = new TagList { { "provider", provider }, { "succeeded", errorType is null } };
        if (errorType is not null)
            tags.Add("error.type", errorType);
        _connect.Record(took.TotalSeconds, tags);
    }
}
