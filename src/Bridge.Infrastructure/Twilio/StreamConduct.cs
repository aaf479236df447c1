namespace Bridge.Infrastructure.Twilio;

/// <summary>Counts what a media stream should not do: a little of it is weather, much of it is somebody else than Twilio.</summary>
internal sealed class StreamConduct(MediaStreamLimits limits, TimeProvider time)
{
    /// <summary>Names of events that are remembered, so that each is counted as new once and no stream fills the memory with them.</summary>
    private const int MostNames = 20;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly Queue<long> _malformed = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _binary;

    /// <summary>A malformed message came. Is it one too many?</summary>
    public bool IsMalformedTooOften()
    {
        if (limits.MaxMalformed == 0)
            return false;
        while (_malformed.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
            _malformed.Dequeue();
        _malformed.Enqueue(time.GetTimestamp());
        return _malformed.Count > limits.MaxMalformed;
    }

    /// <summary>A binary message came. Is it one too many?</summary>
    public bool IsBinaryTooOften() => ++_binary > limits.MaxBinary && limits.MaxBinary > 0;

    /// <summary>An event came whose name is not known here. Is it the first of that name?</summary>
    public bool IsNewName(string name) => _names.Count < MostNames && _names.Add(name);
}
