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
public sealed record CloseInfo(ClosedBy By, int? Status, string Description, long At)
{
    private const int NoStatus = 1005;

    /// <summary>The end of a sentence that begins "It was ended".</summary>
    public override string ToString() => By switch
    {
        ClosedBy.Us => "by the simulator",
        ClosedBy.Bridge when Status is null or NoStatus => "by the bridge, without a status",
        ClosedBy.Bridge => $"by the bridge, status {Status}" + (Description.Length > 0 ? $", \"{Description}\"" : ""),
        ClosedBy.Broken => $"by a broken connection: {Description}",
        _ => "before it began",
    };
}
