namespace Bridge.Simulator;

/// <summary>Who ended a socket.</summary>
public enum ClosedBy
{
    /// <summary>The simulator itself.</summary>
    Us,

    /// <summary>The bridge, with a close frame.</summary>
    Bridge,

    /// <summary>Nobody said goodbye: the connection broke.</summary>
    Broken,

    /// <summary>There never was a socket (the call was rejected).</summary>
    NeverOpened,
}

/// <summary>
/// How a socket ended. <paramref name="Status"/> is the bridge's close code, null without a close frame; <paramref name="At"/> is a
/// timestamp of the clock in use.
/// </summary>
public sealed record CloseInfo(ClosedBy By, int? Status, string Description, long At);
