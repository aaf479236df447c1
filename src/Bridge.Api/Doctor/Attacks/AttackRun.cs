using System.Net.WebSockets;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>Tries attacks on a target: the slow ones beside the others, which come one after the other.</summary>
internal sealed class AttackRun(AttackTarget target)
{
    /// <summary>What came of each, in their order.</summary>
    public async Task<IReadOnlyList<(Attack Attack, Outcome Outcome)>> TryAsync(IReadOnlyList<Attack> attacks, CancellationToken cancellationToken)
    {
        var why = await ControlAsync(cancellationToken);
        var slow = attacks.Where(a => a.IsSlow).ToDictionary(a => a, a => TryAsync(a, why, cancellationToken));
        var outcomes = new Dictionary<Attack, Outcome>();
        foreach (var attack in attacks.Where(a => !a.IsSlow))
            outcomes[attack] = await TryAsync(attack, why, cancellationToken);
        foreach (var (attack, outcome) in slow)
            outcomes[attack] = await outcome;
        return [.. attacks.Select(a => (a, outcomes[a]))];
    }

    /// <summary>Is a right signature accepted at all? Where everything is refused, a refusal proves nothing.</summary>
    /// <returns>Why not; null when it is.</returns>
    private async Task<string?> ControlAsync(CancellationToken cancellationToken)
    {
        try
        {
            await target.StreamAsync(cancellationToken);
            return null;
        }
        catch (NotTriedException e)
        {
            return e.Message;
        }
    }

    private async Task<Outcome> TryAsync(Attack attack, string? whyNot, CancellationToken cancellationToken)
    {
        if (attack.Needs == Needs.Signature && whyNot is not null)
            return new(Verdict.NotTried, whyNot);
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(target.Bounds.Answer + (attack.IsSlow ? target.Bounds.SlowHeaders + target.Bounds.SilentSocket : TimeSpan.Zero));
        try
        {
            return await attack.TryAsync(target, inTime.Token);
        }
        catch (NotTriedException e)
        {
            return new(Verdict.NotTried, e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(Verdict.Odd, "no answer in time");
        }
        catch (Exception e) when (e is IOException or WebSocketException)
        {
            return new(Verdict.Odd, "broken off");
        }
    }
}
