namespace Bridge.Domain.Calls;

/// <summary>Counts how long a caller has been silent, from the end of what was heard. Being asked does not start the count anew.</summary>
public sealed class IdleWatch(CallPolicy policy)
{
    private TimeSpan _stirred;
    private TimeSpan _since;
    private bool _asked;

    /// <summary>The caller spoke, or something else than our question is under way.</summary>
    public void Stir(TimeSpan elapsed) => (_stirred, _asked) = (elapsed, false);

    /// <summary>Nobody speaks and nothing is due.</summary>
    /// <param name="elapsed">Now.</param>
    /// <param name="quiet">How long nothing has been playing.</param>
    /// <returns>Is the caller to be asked, or let go?</returns>
    public (bool Ask, bool LetGo) Look(TimeSpan elapsed, TimeSpan quiet)
    {
        // Our question plays too, and its end is not where the silence began.
        if (!_asked)
            _since = elapsed - quiet > _stirred ? elapsed - quiet : _stirred;
        if (policy.IdleEndAfter > TimeSpan.Zero && elapsed - _since >= policy.IdleEndAfter)
            return (false, true);
        if (_asked || policy.AskAfter <= TimeSpan.Zero || elapsed - _since < policy.AskAfter)
            return (false, false);
        _asked = true;
        return (true, false);
    }
}
