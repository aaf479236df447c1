using Bridge.Domain.Calls;

namespace Bridge.Domain.Turns;

/// <summary>What became of an answer that is waited for.</summary>
public enum AnswerState
{
    /// <summary>None is waited for, or it is on its way.</summary>
    Fine,

    /// <summary>The wait before another try is over.</summary>
    TryNow,

    /// <summary>It stalled: try once more.</summary>
    Stalled,

    /// <summary>It stalled again: another session may do better.</summary>
    StalledAgain,

    /// <summary>It stalled in that one too.</summary>
    Hopeless,
}

/// <summary>
/// Is it the assistant's turn, and does the answer come? The turn begins when the caller stops speaking, or when a response is
/// asked for, and is over when the answer is complete or the caller speaks.
/// </summary>
public sealed class AnswerWatch(CallPolicy policy)
{
    private TimeSpan? _dueSince;
    private TimeSpan? _tryAt;
    private TimeSpan _asked;
    private TimeSpan _lastSign;
    private bool _audio;
    private int _stalls;

    /// <summary>It is the assistant's turn.</summary>
    public bool Due => _dueSince is not null;

    /// <summary>There is no session: nothing can stall.</summary>
    public bool WithoutSession { get; private set; }

    /// <summary>An answer is due from now on; silence counts since a moment that may lie before.</summary>
    public void Expect(TimeSpan elapsed, TimeSpan silentSince)
    {
        if (_dueSince is not null)
            return;
        (_dueSince, _tryAt, _stalls) = (silentSince, null, 0);
        AskedNow(elapsed);
    }

    /// <summary>Something was heard of the model.</summary>
    public void Sign(TimeSpan elapsed) => _lastSign = elapsed;

    /// <summary>Audio of the answer came.</summary>
    public void Audio(TimeSpan elapsed)
    {
        _audio = true;
        _lastSign = elapsed;
    }

    /// <summary>Another try is made at a time to come.</summary>
    public void TryAgainAt(TimeSpan elapsed) => _tryAt = elapsed;

    /// <summary>The answer was asked for again.</summary>
    public void AskedNow(TimeSpan elapsed) => (_asked, _lastSign, _audio, _tryAt) = (elapsed, elapsed, false, null);

    /// <summary>The turn is over.</summary>
    public void Over() => (_dueSince, _tryAt) = (null, null);

    /// <summary>The session is gone: until there is another, the caller waits, whoever's turn it was.</summary>
    public void SessionLost(TimeSpan elapsed)
    {
        WithoutSession = true;
        Expect(elapsed, elapsed);
    }

    /// <summary>There is a session again.</summary>
    public void SessionReplaced(TimeSpan elapsed)
    {
        WithoutSession = false;
        AskedNow(elapsed);
    }

    /// <summary>Has the caller heard nothing for too long?</summary>
    /// <param name="elapsed">Now.</param>
    /// <param name="quiet">How long nothing has been playing.</param>
    public bool WantsFiller(TimeSpan elapsed, TimeSpan quiet) =>
        _dueSince is { } since && policy.FillerAfter > TimeSpan.Zero && quiet >= policy.FillerAfter && elapsed - since >= policy.FillerAfter;

    /// <summary>Looks at the clock; each stall is told once.</summary>
    public AnswerState Look(TimeSpan elapsed)
    {
        if (!Due || WithoutSession)
            return AnswerState.Fine;
        if (_tryAt is { } tryAt)
            return elapsed >= tryAt ? AnswerState.TryNow : AnswerState.Fine;
        var mute = policy.StallAfter > TimeSpan.Zero && elapsed - _lastSign >= policy.StallAfter;
        var late = policy.FirstAudioWithin > TimeSpan.Zero && !_audio && elapsed - _asked >= policy.FirstAudioWithin;
        if (!mute && !late)
            return AnswerState.Fine;
        AskedNow(elapsed);
        return ++_stalls switch
        {
            1 => AnswerState.Stalled,
            2 => AnswerState.StalledAgain,
            _ => AnswerState.Hopeless,
        };
    }
}
