namespace Bridge.Domain.Turns;

/// <summary>
/// One response at a time. A conversation allows one active response, the model begins some by itself, and what we ask for
/// crosses what it does. So every request waits its turn here; a refusal because another is active is a race, after which the
/// request is made again; and a response that we asked for just before the caller began to speak is an orphan, to be
/// cancelled by its id as soon as it has one.
/// </summary>
public sealed class ResponseArbiter
{
    /// <summary>A request that is refused so often is given up: no state may be waited in for ever.</summary>
    private const int Attempts = 3;

    private readonly LinkedList<ResponseRequest> _waiting = new();
    private ResponseRequest? _asked;
    private int _refusals;
    private int _numbers;
    private bool _orphaned;

    /// <summary>The response that is active at the model, as far as we know; null for none.</summary>
    public string? Active { get; private set; }

    /// <summary>Someone wants a response. Returns the request to send now, or null: it waits for its turn.</summary>
    public ResponseRequest? Ask(string? prompt)
    {
        _waiting.AddLast(new ResponseRequest(++_numbers, prompt));
        return Next();
    }

    /// <summary>A response began. True when it is an orphan, which must be cancelled.</summary>
    /// <param name="responseId">Its id.</param>
    /// <param name="request">The number of the request it answers; null when the model began it by itself.</param>
    public bool Started(string responseId, int? request)
    {
        Active = responseId;
        if (_asked is null || request != _asked.Number)
            return false;
        var orphan = _orphaned;
        Settle();
        return orphan;
    }

    /// <summary>A response ended. Returns the request to send now, or null.</summary>
    public ResponseRequest? Finished(string responseId)
    {
        if (Active == responseId)
            Active = null;
        return Next();
    }

    /// <summary>
    /// A request was refused because another response is active. Returns the request to send again now, when that response
    /// is over already; else null: it is sent again after that one's end.
    /// </summary>
    public ResponseRequest? Refused(int? request)
    {
        if (_asked is not { } refused || request != refused.Number)
            return null;
        if (!_orphaned && ++_refusals < Attempts)
        {
            _waiting.AddFirst(refused);
            _asked = null;
        }
        else
        {
            Settle();
        }

        return Next();
    }

    /// <summary>A request failed for a reason of its own, and no response will come of it. Returns the next to send, or null.</summary>
    public ResponseRequest? Failed(int? request)
    {
        if (_asked is null || request != _asked.Number)
            return null;
        Settle();
        return Next();
    }

    /// <summary>The caller speaks: what was asked for and has not begun yet must not begin.</summary>
    public void CallerStartedSpeaking() => _orphaned = _asked is not null;

    /// <summary>The session is gone, and with it what was active. Returns the request to send to the new one, or null.</summary>
    public ResponseRequest? Reset()
    {
        if (_asked is not null && !_orphaned)
            _waiting.AddFirst(_asked);
        Active = null;
        Settle();
        return Next();
    }

    private ResponseRequest? Next()
    {
        if (Active is not null || _asked is not null)
            return null;
        _asked = _waiting.First?.Value;
        if (_asked is not null)
            _waiting.RemoveFirst();
        return _asked;
    }

    private void Settle() => (_asked, _orphaned, _refusals) = (null, false, 0);
}
