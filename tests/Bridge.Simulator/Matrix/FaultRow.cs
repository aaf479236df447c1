namespace Bridge.Simulator.Matrix;

/// <summary>
/// A row of the fault matrix: what goes wrong, within what everything of the call must be given back, and the ways in which it is
/// provoked. The row has passed when every one of them has.
/// </summary>
/// <param name="Id">Its name in the matrix.</param>
/// <param name="Fault">What goes wrong.</param>
/// <param name="Limit">From the fault, or from the caller's end, to both sockets and the place given back; null: nothing is to be freed.</param>
/// <param name="Variants">The ways in which it is provoked.</param>
internal sealed record FaultRow(string Id, string Fault, TimeSpan? Limit, IReadOnlyList<RowVariant> Variants);

/// <summary>One way to provoke a row's fault.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Profile">The bridge that it needs.</param>
/// <param name="Play">Provokes it, and says what is wrong with what follows.</param>
internal sealed record RowVariant(string Name, BridgeProfile Profile, Func<RowScene, Task> Play)
{
    /// <summary>The bridge is another one after it: it can be played on it once only.</summary>
    public bool LeavesTraces { get; init; }
}

/// <summary>A row whose fault needs hooks inside the bridge, or its clock: it runs elsewhere.</summary>
/// <param name="Id">Its name in the matrix.</param>
/// <param name="Fault">What goes wrong.</param>
/// <param name="Where">Where it runs.</param>
internal sealed record RowElsewhere(string Id, string Fault, string Where);
