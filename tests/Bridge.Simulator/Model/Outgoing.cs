namespace Bridge.Simulator.Model;

/// <summary>
/// What a session sends, on its way to the socket: it may have to wait (a stall), come twice, come in another order, or not be sent at
/// all because the session is dead.
/// </summary>
internal sealed class Outgoing(TextSocket socket, ConversationRecord record, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Queue<(string Type, string Text)> _waiting = new();
    private readonly List<(string Type, string Text)> _shuffled = [];
    private TaskCompletionSource _flows = New();
    private TaskCompletionSource _stalls = New();
    private Random? _shuffle;
    private int _repeatEvery;
    private int _written;
    private bool _isStalled;

    /// <summary>Nothing will be sent any more.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Nothing is sent now.</summary>
    public bool IsStalled
    {
        get
        {
            lock (_gate)
                return _isStalled;
        }
    }

    /// <summary>Completes when nothing is stalled: who generates waits for it.</summary>
    public Task Flows
    {
        get
        {
            lock (_gate)
                return _isStalled ? _flows.Task : Task.CompletedTask;
        }
    }

    /// <summary>Completes when a stall begins: who reads must not wait then for what cannot be sent.</summary>
    public Task Stalls
    {
        get
        {
            lock (_gate)
                return _stalls.Task;
        }
    }

    public void Stall()
    {
        lock (_gate)
        {
            if (_isStalled)
                return;
            (_isStalled, _flows) = (true, New());
            _stalls.TrySetResult();
        }
    }

    /// <summary>Sends what waited, in order, and then lets everything flow again.</summary>
    public async Task ResumeAsync()
    {
        while (true)
        {
            (string Type, string Text) next;
            lock (_gate)
            {
                if (IsDead || !_isStalled)
                    return;
                if (!_waiting.TryDequeue(out next))
                {
                    (_isStalled, _stalls) = (false, New());
                    _flows.TrySetResult();
                    return;
                }
            }

            await WriteAsync(next.Type, next.Text);
        }
    }

    /// <summary>Nothing is sent from now on; who generates waits for the end.</summary>
    public void Kill()
    {
        Stall();
        lock (_gate)
            IsDead = true;
    }

    /// <summary>The session is over: nobody waits any more, and nothing is sent.</summary>
    public void Release()
    {
        lock (_gate)
        {
            IsDead = true;
            _stalls.TrySetResult();
            _flows.TrySetResult();
        }
    }

    /// <summary>From now on every n-th event is sent twice, to the letter.</summary>
    public void Repeat(int every) => _repeatEvery = every;

    /// <summary>From now on the events of a response wait for its <c>response.done</c>, and come then in a random order.</summary>
    public void Shuffle(int seed) => _shuffle = new Random(seed);

    /// <summary>Sends an event, or keeps it while nothing flows. True when it was sent.</summary>
    public async Task<bool> SendAsync(string type, string text)
    {
        lock (_gate)
        {
            if (IsDead)
                return false;
            if (_isStalled)
            {
                _waiting.Enqueue((type, text));
                return false;
            }
        }

        await WriteAsync(type, text);
        return true;
    }

    private async Task WriteAsync(string type, string text)
    {
        (string Type, string Text)[] batch = [(type, text)];
        if (_shuffle is { } random && type.StartsWith("response.", StringComparison.Ordinal))
        {
            lock (_gate)
            {
                _shuffled.Add((type, text));
                if (type != "response.done")
                    return;
                batch = [.. _shuffled];
                _shuffled.Clear();
            }

            random.Shuffle(batch);
        }

        foreach (var one in batch)
        {
            var times = _repeatEvery > 0 && ++_written % _repeatEvery == 0 ? 2 : 1;
            for (var time = 0; time < times; time++)
            {
                record.AddSent(one.Type, clock.GetTimestamp());
                await socket.SendAsync(one.Text);
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
