namespace Bridge.Simulator.Caller;

/// <summary>What Twilio writes down about a call, besides its streams. Every list is a copy, safe to read at any time.</summary>
internal sealed class CallNotes
{
    private readonly Lock _gate = new();
    private readonly Waiters _waiters = new();
    private readonly List<HeardSentence> _sentences = [];
    private readonly List<ActionRequest> _actions = [];
    private readonly List<ActionRequest> _fallbacks = [];
    private readonly List<CallerStream> _streams = [];
    private readonly List<string> _refused = [];

    public IReadOnlyList<HeardSentence> Sentences => Copy(_sentences);

    public IReadOnlyList<ActionRequest> Actions => Copy(_actions);

    public IReadOnlyList<ActionRequest> Fallbacks => Copy(_fallbacks);

    public IReadOnlyList<CallerStream> Streams => Copy(_streams);

    public IReadOnlyList<string> RefusedStreams => Copy(_refused);

    public string? Dialed { get; private set; }

    public long? EndedAt { get; private set; }

    public void Said(HeardSentence sentence) => Add(_sentences, sentence);

    public void Acted(ActionRequest request) => Add(_actions, request);

    public void FellBack(ActionRequest request) => Add(_fallbacks, request);

    public void Opened(CallerStream stream) => Add(_streams, stream);

    public void Refused(string reason) => Add(_refused, reason);

    /// <summary>The call is over; false when it already was.</summary>
    public bool End(long at, string? dialed)
    {
        lock (_gate)
        {
            if (EndedAt is not null)
                return false;
            (EndedAt, Dialed) = (at, dialed);
            return true;
        }
    }

    public Task WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken) => _waiters.WaitUntilAsync(condition, cancellationToken);

    public void Pulse() => _waiters.Pulse();

    public void Fail(Exception reason) => _waiters.Fail(reason);

    private void Add<T>(List<T> list, T item)
    {
        lock (_gate)
            list.Add(item);
        _waiters.Pulse();
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
            return [.. list];
    }
}
