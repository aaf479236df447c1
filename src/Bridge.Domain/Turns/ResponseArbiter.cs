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
    private int _endedSinceAsked;
    private bool _orphaned;
    private bool _callerSpeaks;
    private bool _waitsForAnEnd;
    private bool _held;
    private int _givenUp;
    private int _refused;
    private string? _givenUpResponse;

    /// <summary>The response that is active at the model, as far as we know; null for none.</summary>
    public string? Active { get; private set; }

    /// <summary>The request that the active response answers; null when the model began it by itself, or for none.</summary>
    public ResponseRequest? Answering { get; private set; }

    /// <summary>The request that was sent, has not begun yet, and is still wanted; null for none.</summary>
    public ResponseRequest? Asked => _orphaned ? null : _asked;

    /// <summary>A response is active, asked for, or waiting for its turn.</summary>
    public bool Pending => Active is not null || _asked is not null || _waiting.Count > 0;

    /// <summary>Something is asked for or waits, that another session would be asked for too.</summary>
    public bool AnyWanted => Asked is not null || _waiting.Count > 0;

    /// <summary>The model hears the caller speak.</summary>
    public bool CallerSpeaks => _callerSpeaks;

    /// <summary>Someone wants a response. Returns the request to send now, or null: it waits for its turn.</summary>
    public ResponseRequest? Ask(string? prompt)
    {
        _waiting.AddLast(new ResponseRequest(++_numbers, prompt));
        return Next();
    }

    /// <summary>A response that failed is wanted again, before any other: it goes as soon as none is active.</summary>
    public void Again(string? prompt, bool audioOnly) => _waiting.AddFirst(new ResponseRequest(++_numbers, prompt) { AudioOnly = audioOnly });

    /// <summary>What is active or asked for does not come: it is given up for another try. Returns the request to send now, or null.</summary>
    public ResponseRequest? InsteadOfActive(string? prompt)
    {
        _givenUpResponse = Active ?? _givenUpResponse;
        (Active, Answering, _waitsForAnEnd) = (null, null, false);
        _givenUp = _asked?.Number ?? _givenUp;
        Settle();
        // One that was refused still waits to be asked again.
        if (_waiting.First is not { Value.Number: var first } || first != _refused)
            _waiting.AddFirst(new ResponseRequest(++_numbers, prompt) { Instead = true });
        return Next();
    }

    /// <summary>Nothing is asked for until <see cref="Release"/>: a limit does not allow it.</summary>
    public void Hold() => _held = true;

    /// <summary>The limit allows it again. Returns the request to send now, or null.</summary>
    public ResponseRequest? Release()
    {
        _held = false;
        return Next();
    }

    /// <summary>A response began. True when it is an orphan, which must be cancelled.</summary>
    /// <param name="responseId">Its id.</param>
    /// <param name="request">The number of the request it answers; null when the model began it by itself.</param>
    public bool Started(string responseId, int? request)
    {
        (Active, Answering) = (responseId, null);
        if (request is not null && request == _givenUp)
            return true;
        if (_asked is null || request != _asked.Number)
        {
            // The model's own answer, late: ours, if it begins too, is one too many.
            _orphaned |= request is null && _asked is { Instead: true };
            return false;
        }

        Answering = _asked;
        var orphan = _orphaned;
        Settle();
        return orphan;
    }

    /// <summary>A response ended. Returns the request to send now, or null.</summary>
    public ResponseRequest? Finished(string responseId)
    {
        if (Active == responseId)
            (Active, Answering) = (null, null);
        if (responseId == _givenUpResponse)
            return null;
        _waitsForAnEnd = false;
        // One response may end between our request and its refusal; after a second end no answer is on its way any more.
        if (_asked is not null && ++_endedSinceAsked >= 2)
            Settle();
        return Next();
    }

    /// <summary>
    /// A request (null: some request) was refused because another response is active. Returns the request to send again now, when that response
    /// is over already; else null: it is sent again after that one's end.
    /// </summary>
    public ResponseRequest? Refused(int? request)
    {
        if (_asked is not { } refused || (request ?? refused.Number) != refused.Number)
            return null;
        if (!_orphaned && ++_refusals < Attempts)
        {
            // Refused twice though nothing we know of is active: then something is, and its end will be told.
            _waitsForAnEnd = _refusals > 1 && _endedSinceAsked == 0;
            _waiting.AddFirst(refused);
            (_asked, _refused) = (null, refused.Number);
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

    /// <summary>The caller speaks: what was asked for and has not begun yet must not begin, and nothing is asked for meanwhile.</summary>
    public void CallerStartedSpeaking()
    {
        (_callerSpeaks, _held) = (true, false);
        _orphaned = _asked is not null;
        _waiting.Clear();
    }

    /// <summary>The caller stopped: the model answers by itself first.</summary>
    public void CallerStoppedSpeaking() => _callerSpeaks = false;

    /// <summary>The session is gone, and with it what was active. Returns the request to send to the new one, or null.</summary>
    /// <param name="first">What is to be asked for before all else; null for nothing.</param>
    /// <param name="unprompted">The prompt of a request without one: "go on" means nothing to a session that did not hear the caller.</param>
    public ResponseRequest? Reset(string? first, string unprompted)
    {
        if (_asked is not null && !_orphaned)
            _waiting.AddFirst(_asked);
        for (var node = _waiting.First; node is not null; node = node.Next)
            node.Value = node.Value with { Prompt = node.Value.Prompt ?? unprompted };
        if (first is not null)
            Again(first, audioOnly: false);
        (Active, Answering) = (null, null);
        _callerSpeaks = _waitsForAnEnd = _held = false;
        Settle();
        return Next();
    }

    private ResponseRequest? Next()
    {
        if (Active is not null || _asked is not null || _callerSpeaks || _waitsForAnEnd || _held)
            return null;
        _asked = _waiting.First?.Value;
        if (_asked is not null)
            _waiting.RemoveFirst();
        _endedSinceAsked = 0;
        return _asked;
    }

    private void Settle() => (_asked, _orphaned, _refusals) = (null, false, 0);
}
