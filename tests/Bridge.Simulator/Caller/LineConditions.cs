namespace Bridge.Simulator.Caller;

/// <summary>
/// The line between Twilio and the bridge, and Twilio's own slowness. "Up" is Twilio to bridge, "down" bridge to Twilio. Each message is
/// delayed by itself, but nothing is ever reordered: it is TCP, so a message waits for those before it. All times in milliseconds.
/// </summary>
/// <remarks>
/// A message from the bridge is noted when it is read from the socket, and takes effect (is played, marks, clears) when it has come down
/// the line. <c>connected</c> and <c>start</c> are not delayed: the stream begins where the line is already open.
/// </remarks>
public sealed record LineConditions
{
    public int UpDelayMs { get; init; }

    public int DownDelayMs { get; init; }

    /// <summary>The most by which a message comes later still; each draws its share.</summary>
    public int UpJitterMs { get; init; }

    /// <summary>The most by which a message comes later still; each draws its share.</summary>
    public int DownJitterMs { get; init; }

    /// <summary>Twilio's messages leave in bursts, so often; 0: each by itself.</summary>
    public int BatchMs { get; init; }

    /// <summary>A mark is returned so much after it was reached.</summary>
    public int MarkHoldMs { get; init; }

    /// <summary>The most by which a mark is returned later still.</summary>
    public int MarkHoldJitterMs { get; init; }

    /// <summary>
    /// What a <c>clear</c> flushes is returned before the marks that were reached earlier and are held; false: behind them. Twilio
    /// documents no order. It shows only with <see cref="MarkHoldMs"/>.
    /// </summary>
    public bool ClearReturnsMarksFirst { get; init; }

    /// <summary>The dice of all jitter.</summary>
    public int Seed { get; init; } = 1;
}
