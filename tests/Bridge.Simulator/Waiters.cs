namespace Bridge.Simulator;

/// <summary>
/// Waiting for a condition without polling: whoever changes something pulses, and every condition is asked again. A condition is asked
/// with no lock held, so it may take any; for the same reason the owner pulses after it has left its own.
/// </summary>
internal sealed class Waiters
{
    private readonly Lock _gate = new();
    private readonly List<Waiting> _waiting = [];
    private Exception? _over;

    public async Task WaitUntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        var waiting = new Waiting(condition);
        lock (_gate)
            _waiting.Add(waiting);
        try
        {
            waiting.Ask();
            lock (_gate)
            {
                if (_over is not null)
                    waiting.Done.TrySetException(_over);
            }

            await waiting.Done.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
                _waiting.Remove(waiting);
        }
    }

    /// <summary>Something changed.</summary>
    public void Pulse()
    {
        Waiting[] all;
        lock (_gate)
        {
            if (_waiting.Count == 0)
                return;
            all = [.. _waiting];
        }

        foreach (var waiting in all)
            waiting.Ask();
    }

    /// <summary>Nothing will change any more: whoever still waits fails with the reason instead of hanging.</summary>
    public void Fail(Exception reason)
    {
        Pulse();
        lock (_gate)
        {
            _over = reason;
            foreach (var waiting in _waiting)
                waiting.Done.TrySetException(reason);
        }
    }

    private sealed record Waiting(Func<bool> Condition)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Ask()
        {
            try
            {
                if (Condition())
                    Done.TrySetResult();
            }
            catch (Exception exception)
            {
                Done.TrySetException(exception);
            }
        }
    }
}
