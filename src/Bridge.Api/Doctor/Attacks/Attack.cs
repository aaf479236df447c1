namespace Bridge.Api.Doctor.Attacks;

/// <summary>What must be at hand before an attack proves anything.</summary>
internal enum Needs
{
    /// <summary>Nothing: anyone can try it.</summary>
    Nothing,

    /// <summary>A right signature was accepted: else a refusal says nothing about the hole.</summary>
    Signature,
}

/// <summary>One known hole and how it is tried.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Expected">What a shut door answers.</param>
/// <param name="Needs">What must be at hand.</param>
/// <param name="TryAsync">Tries it.</param>
internal sealed record Attack(string Name, string Expected, Needs Needs, Func<AttackTarget, CancellationToken, Task<Outcome>> TryAsync)
{
    /// <summary>It takes its time, and is tried beside the others.</summary>
    public bool IsSlow { get; init; }

    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<Attack> All { get; } = [.. WebhookAttacks.All, .. SpoofAttacks.All, .. SizeAttacks.All, .. StreamAttacks.All, .. OpenStreamAttacks.All];
}
