namespace Bridge.Simulator.Model;

/// <summary>One delta as it was sent: its first 20 ms frame and when (a timestamp of the model's clock).</summary>
public readonly record struct SentDelta(int FirstFrame, int Frames, long At);

/// <summary>An audio item of the assistant: what was generated of it, and what the model will remember.</summary>
public sealed class LedgerItem(string itemId, string responseId, int ordinal, string transcript)
{
    private readonly Lock _gate = new();
    private readonly List<SentDelta> _deltas = [];
    private long _samples;

    public string ItemId => itemId;

    public string ResponseId => responseId;

    /// <summary>The number in the watermark of its audio, unique in the server's life.</summary>
    public int Ordinal => ordinal;

    /// <summary>The words of the whole item.</summary>
    public string Transcript => transcript;

    /// <summary>Samples sent, whole blocks of 160.</summary>
    public long GeneratedSamples => Interlocked.Read(ref _samples);

    public int GeneratedMs => Pcmu.Milliseconds(GeneratedSamples);

    /// <summary>Where the client said that the caller stopped hearing it; null when it never did.</summary>
    public int? TruncatedToMs { get; internal set; }

    /// <summary>Milliseconds the model takes for heard.</summary>
    public int RememberedMs => TruncatedToMs ?? GeneratedMs;

    /// <summary>Its deltas, in order.</summary>
    public IReadOnlyList<SentDelta> Deltas
    {
        get
        {
            lock (_gate)
                return [.. _deltas];
        }
    }

    internal int NextFrame => (int)(GeneratedSamples / Watermark.BlockSamples);

    internal void Sent(int frames, long at)
    {
        lock (_gate)
        {
            _deltas.Add(new SentDelta(NextFrame, frames, at));
            _samples += frames * Watermark.BlockSamples;
        }
    }
}
