namespace Bridge.Simulator.Model;

/// <summary>
/// How fast a response is generated: a speed, stalls, and points where it holds until told to go on. It knows when it has nothing to do,
/// so that virtual time can wait for it. Everything that is waited for ends at once when the response is cancelled.
/// </summary>
internal sealed class GenerationPace(ModelAnswer answer, TimeProvider clock, Action resting, CancellationToken cancelled)
{
    private const long Working = 0;
    private const long Holding = long.MaxValue;

    private readonly long _began = clock.GetTimestamp();
    private readonly Lock _gate = new();
    private TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _stalled;
    private long _restsUntil = Working;

    /// <summary>There is nothing to do before time moves or the test says so.</summary>
    public bool IsAtRest => Interlocked.Read(ref _restsUntil) > clock.GetTimestamp() && !cancelled.IsCancellationRequested;

    public void Continue()
    {
        lock (_gate)
        {
            Interlocked.Exchange(ref _restsUntil, Working);
            _goOn.TrySetResult();
        }
    }

    /// <summary>Waits for <see cref="Continue"/>, which may have come already; each is good for one hold.</summary>
    public async Task HoldAsync()
    {
        Task goOn;
        lock (_gate)
        {
            goOn = _goOn.Task;
            if (!goOn.IsCompleted)
                Interlocked.Exchange(ref _restsUntil, Holding);
        }

        resting();
        await EndureAsync(goOn.WaitAsync(cancelled));
        lock (_gate)
            _goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Waits until so much audio of the response may have been generated.</summary>
    public async Task KeepSpeedAsync(long generatedMs)
    {
        if (answer.Speed is 0 or double.PositiveInfinity)
            return;
        var wait = TimeSpan.FromMilliseconds(generatedMs / answer.Speed) + _stalled - clock.GetElapsedTime(_began);
        if (wait > TimeSpan.Zero)
            await WaitAsync(wait);
    }

    /// <summary>Generates nothing for a time.</summary>
    public async Task StallAsync(int milliseconds)
    {
        var stall = TimeSpan.FromMilliseconds(milliseconds);
        _stalled += stall;
        await WaitAsync(stall);
    }

    private async Task WaitAsync(TimeSpan wait)
    {
        var delay = Task.Delay(wait, clock, cancelled);
        if (!delay.IsCompleted)
        {
            // A delay is cut to whole milliseconds.
            var until = clock.GetTimestamp() + ((long)wait.TotalMilliseconds * clock.TimestampFrequency / 1000);
            Interlocked.Exchange(ref _restsUntil, until);
            resting();
        }

        await EndureAsync(delay);
    }

    private async Task EndureAsync(Task wait)
    {
        try
        {
            await wait;
        }
        catch (OperationCanceledException)
        {
            // Who goes on looks at the token.
        }

        Interlocked.Exchange(ref _restsUntil, Working);
    }
}
