namespace Bridge.Simulator.Model;

/// <summary>How an attempt to open a session ended.</summary>
public enum DialOutcome
{
    /// <summary>The handshake is not answered yet.</summary>
    Waiting,

    /// <summary>Answered over HTTP.</summary>
    Refused,

    /// <summary>The socket opened.</summary>
    Opened,

    /// <summary>The socket opened after a delay (<see cref="FakeModelOptions.HandshakeDelay"/>): the client was still there.</summary>
    OpenedLate,

    /// <summary>The client left before it was answered.</summary>
    GivenUp,

    /// <summary>The connection was reset by the script.</summary>
    Reset,
}

/// <summary>
/// One attempt to open a session: its query, its headers, and what is answered (101 when it is let in, or would be).
/// </summary>
public sealed record ModelDial(string Query, IReadOnlyDictionary<string, string> Headers, int Status, long At)
{
    /// <summary>What has become of it.</summary>
    public DialOutcome Outcome { get; internal set; }
}
