namespace Bridge.Simulator.Faults;

/// <summary>The kinds, in Toxiproxy's words.</summary>
public enum ToxicKind
{
    Latency,
    Timeout,
    ResetPeer,
    SlowClose,
    Slicer,
    Bandwidth,
    LimitData,
    HalfClose,
}

/// <summary>Something wrong with one direction of a <see cref="FaultProxy"/>. It holds for open connections and for new ones.</summary>
public sealed record Toxic
{
    private Toxic(ToxicKind kind) => Kind = kind;

    public ToxicKind Kind { get; }

    public TimeSpan Time { get; private init; }

    public TimeSpan Jitter { get; private init; }

    public long Bytes { get; private init; }

    /// <summary>Everything comes so much later, more or less; nothing overtakes.</summary>
    public static Toxic Latency(TimeSpan time, TimeSpan jitter = default) => new(ToxicKind.Latency) { Time = time, Jitter = jitter };

    /// <summary>A black hole: data is swallowed, and nobody is told. With a time, the connection is closed after it.</summary>
    public static Toxic Timeout(TimeSpan time = default) => new(ToxicKind.Timeout) { Time = time };

    /// <summary>Both ends are reset after a time, counted from now or from a connection's begin.</summary>
    public static Toxic ResetPeer(TimeSpan after = default) => new(ToxicKind.ResetPeer) { Time = after };

    /// <summary>The end of the stream is passed on so much later.</summary>
    public static Toxic SlowClose(TimeSpan time) => new(ToxicKind.SlowClose) { Time = time };

    /// <summary>Data comes in slices of so many bytes, with a pause between two.</summary>
    public static Toxic Slicer(int bytes, TimeSpan pause = default) => new(ToxicKind.Slicer) { Bytes = bytes, Time = pause };

    /// <summary>So many bytes a second, and the sender feels it.</summary>
    public static Toxic Bandwidth(long bytesPerSecond) => new(ToxicKind.Bandwidth) { Bytes = bytesPerSecond };

    /// <summary>After so many bytes more, the connection is closed.</summary>
    public static Toxic LimitData(long bytes) => new(ToxicKind.LimitData) { Bytes = bytes };

    /// <summary>The stream ends now (a FIN), while the other direction goes on.</summary>
    public static Toxic HalfClose() => new(ToxicKind.HalfClose);
}
