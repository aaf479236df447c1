using Bridge.Domain.Calls;
using Bridge.Domain.Transcripts;

namespace Bridge.Application.Calls;

/// <summary>What became of a media stream, for whoever asks what to do with its call now.</summary>
/// <param name="Reason">Why it ended.</param>
/// <param name="GoodbyeHeard">The caller was told goodbye and heard it.</param>
/// <param name="History">The conversation so far, as it was heard. Speech: it goes into no log above Trace.</param>
/// <param name="Streams">How many media streams this call has had.</param>
public sealed record CallOutcome(CallEndReason Reason, bool GoodbyeHeard, IReadOnlyList<TranscriptTurn> History, int Streams);

/// <summary>
/// The outcomes of the media streams of late. One is written down before its stream is closed, so that Twilio's question,
/// which follows at once, finds it; it is kept for a few minutes.
/// </summary>
public sealed class CallOutcomes(TimeProvider time)
{
    /// <summary>Nobody asks about a call after so long.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>When Twilio's stream breaks, its question can be here before we have noticed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The most that Twilio can be told to (<c>rc</c> of a webhook's address).</summary>
    private const int MostRetries = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Queue<(string CallSid, Entry Entry, long At)> _ended = new();

    /// <summary>A media stream of a call began. Returns what became of the stream before it, if it is to go on with that conversation; else null.</summary>
    public CallOutcome? Begin(string callSid)
    {
        lock (_gate)
        {
            Forget();
            var before = _entries.GetValueOrDefault(callSid);
            _entries[callSid] = new Entry { Streams = (before?.Streams ?? 0) + 1 };
            return before is { Promised: true } ? before.Outcome : null;
        }
    }

    /// <summary>A media stream is over.</summary>
    public void Record(string callSid, CallEndReason reason, bool goodbyeHeard, IReadOnlyList<TranscriptTurn> history)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(callSid, out var entry))
                _entries[callSid] = entry = new Entry { Streams = 1 };
            entry.WillBeAskedFor = reason != CallEndReason.CallerHungUp;
            // What was said is kept no longer than somebody may go on with it.
            entry.Outcome = new CallOutcome(reason, goodbyeHeard, entry.WillBeAskedFor ? history : [], entry.Streams);
            _ended.Enqueue((callSid, entry, time.GetTimestamp()));
            entry.Known.TrySetResult();
        }
    }

    /// <summary>A stream that Twilio proved could not come in: its caller is there, and is told so, or gets another stream.</summary>
    /// <param name="callSid">Whose stream.</param>
    /// <param name="reason">As if it had come, and ended so.</param>
    public void Missed(string callSid, CallEndReason reason)
    {
        Begin(callSid);
        Record(callSid, reason, goodbyeHeard: false, []);
    }

    /// <summary>Twilio asks: what became of this call's stream? Waits a moment for a stream that is just ending; null when nothing is known, or nothing ends.</summary>
    public async Task<CallOutcome?> TakeAsync(string callSid, CancellationToken cancellationToken)
    {
        Task known;
        lock (_gate)
        {
            Forget();
            if (!_entries.TryGetValue(callSid, out var entry))
                return null;
            known = entry.Known.Task;
        }

        try
        {
            await known.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }

        lock (_gate)
        {
            if (!_entries.TryGetValue(callSid, out var entry) || !entry.WillBeAskedFor)
                return null;
            entry.WillBeAskedFor = false;
            return entry.Outcome;
        }
    }

    /// <summary>
    /// What Twilio was told when it asked before; null when it did not. It asks again when the answer was lost on its way, five times
    /// at the most; more often it comes back from an answer that does not help.
    /// </summary>
    public string? AnswerBefore(string callSid)
    {
        lock (_gate)
            return _entries.GetValueOrDefault(callSid) is { Answer: { } answer } entry && entry.Asked++ < MostRetries ? answer : null;
    }

    /// <summary>This is what Twilio is told.</summary>
    public void Answer(string callSid, string twiml)
    {
        lock (_gate)
        {
            if (_entries.GetValueOrDefault(callSid) is { Outcome: not null } entry)
                entry.Answer = twiml;
        }
    }

    /// <summary>Twilio has the answer to its question.</summary>
    public void Told(string callSid)
    {
        lock (_gate)
            _entries.GetValueOrDefault(callSid)?.Taken.TrySetResult();
    }

    /// <summary>The call was told to open another stream, which goes on with the conversation.</summary>
    public void PromiseToResume(string callSid)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(callSid, out var entry))
                entry.Promised = true;
        }
    }

    /// <summary>Completes when all outcomes that will be asked for were, and the answers are with Twilio; or after a time.</summary>
    public async Task AllToldAsync(TimeSpan patience)
    {
        Task[] untaken;
        lock (_gate)
        {
            untaken =
            [
                .. _ended.Where(e => time.GetElapsedTime(e.At) < patience && e.Entry.Outcome is { Reason: not CallEndReason.CallerHungUp })
                    .Select(e => e.Entry.Taken.Task),
            ];
        }

        try
        {
            await Task.WhenAll(untaken).WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            // Twilio did not ask; it may have gone another way.
        }
    }

    private void Forget()
    {
        while (_ended.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) >= Life)
        {
            _ended.Dequeue();
            // A later stream of the same call has an entry of its own, and keeps it.
            if (_entries.GetValueOrDefault(oldest.CallSid) == oldest.Entry)
                _entries.Remove(oldest.CallSid);
        }
    }

    private sealed class Entry
    {
        public TaskCompletionSource Known { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CallOutcome? Outcome { get; set; }

        public int Streams { get; init; }

        public bool Promised { get; set; }

        public string? Answer { get; set; }

        public int Asked { get; set; }

        public bool WillBeAskedFor { get; set; }
    }
}
