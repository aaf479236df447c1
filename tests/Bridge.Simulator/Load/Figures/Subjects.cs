namespace Bridge.Simulator.Load.Figures;

/// <summary>What is measured side by side, by the names under which the results stand.</summary>
internal static class Subjects
{
    public const string Bridge = "bridge";

    /// <summary>The raw relay with the runtime's stock settings.</summary>
    public const string Relay = "relay";

    /// <summary>The same relay with the runtime settings of the bridge.</summary>
    public const string Tuned = "relay, tuned";
}
