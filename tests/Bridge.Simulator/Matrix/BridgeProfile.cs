namespace Bridge.Simulator.Matrix;

/// <summary>How a profile's bridge reaches its model.</summary>
internal enum ModelPath
{
    /// <summary>Straight.</summary>
    Direct,

    /// <summary>Through a fault proxy.</summary>
    Proxy,

    /// <summary>Through a fault proxy and behind TLS, with a certificate that the bridge trusts.</summary>
    Tls,

    /// <summary>Not at all: its name does not resolve.</summary>
    Nameless,
}

/// <summary>The settings that some rows share, and with them a bridge: they run on it one after the other.</summary>
/// <param name="Name">For people, and for the order of the rows.</param>
internal sealed record BridgeProfile(string Name)
{
    /// <summary>Variables of the bridge's environment, beside the usual ones.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public ModelPath Path { get; init; }

    /// <summary>Calls that talk normally beside each fault.</summary>
    public int Witnesses { get; init; } = 5;

    /// <summary>Places beside those of the witnesses: with one, readiness shows whether it was given back. Null: the usual limit.</summary>
    public int? Places { get; init; } = 1;

    /// <summary>The model's receive buffer, when a sender is to feel soon that nobody reads.</summary>
    public int? ReceiveBufferBytes { get; init; }

    /// <summary>The row ends the process: that it lives is not judged, nor what it gave back.</summary>
    public bool EndsProcess { get; init; }

    /// <summary>Roughly how long its rows take, in seconds: the longest begin first.</summary>
    public int Weight { get; init; } = 20;

    /// <summary>The same with one more variable.</summary>
    public BridgeProfile With(string variable, string value) =>
        this with { Variables = new Dictionary<string, string>(Variables) { [variable] = value } };
}
