namespace Bridge.Simulator.Caller;

/// <summary>What a caller writes down while the call runs. Every list is a copy, safe to read at any time.</summary>
public sealed class CallRecord
{
    private readonly Lock _gate = new();
    private readonly List<ReceivedMessage> _received = [];
    private readonly List<ClearSnapshot> _clears = [];
    private readonly List<string> _violations = [];
    private readonly List<long> _sentFrames = [];
    private readonly List<byte> _sentAudio = [];

    /// <summary>What the bridge sent, in order.</summary>
    public IReadOnlyList<ReceivedMessage> Received => Copy(_received);

    /// <summary>What was heard and unheard at each <c>clear</c>.</summary>
    public IReadOnlyList<ClearSnapshot> Clears => Copy(_clears);

    /// <summary>Every breach of Twilio's protocol by the bridge.</summary>
    public IReadOnlyList<string> Violations => Copy(_violations);

    /// <summary>When each 20 ms frame was sent (timestamps of the call's clock): frame n holds bytes 160 n and on.</summary>
    public IReadOnlyList<long> SentFrames => Copy(_sentFrames);

    /// <summary>Caller audio sent so far, bytes.</summary>
    public long SentBytes
    {
        get
        {
            lock (_gate)
                return _sentAudio.Count;
        }
    }

    /// <summary>All caller audio sent.</summary>
    public byte[] SentAudio() => Copy(_sentAudio);

    internal void Add(ReceivedMessage message) => Locked(() => _received.Add(message));

    internal void Add(ClearSnapshot clear) => Locked(() => _clears.Add(clear));

    internal void Violation(string text) => Locked(() => _violations.Add(text));

    internal void FrameSent(byte[] frame, long at) => Locked(() =>
    {
        _sentFrames.Add(at);
        _sentAudio.AddRange(frame);
    });

    /// <summary>Messages of one kind that the bridge sent so far.</summary>
    public int Count(BridgeMessageKind kind)
    {
        lock (_gate)
            return _received.Count(message => message.Kind == kind);
    }

    private T[] Copy<T>(List<T> list)
    {
        lock (_gate)
            return [.. list];
    }

    private void Locked(Action write)
    {
        lock (_gate)
            write();
    }
}
