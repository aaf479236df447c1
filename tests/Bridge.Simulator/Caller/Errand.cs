namespace Bridge.Simulator.Caller;

/// <summary>
/// Whether Twilio is busy with something that takes no virtual time: a request, a handshake. Virtual time stands still meanwhile, but not
/// for ever: a far end that itself waits for the clock would never answer.
/// </summary>
internal sealed class Errand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private volatile TaskCompletionSource? _busy;
    private volatile bool _impatient;

    public void Begin()
    {
        _impatient = false;
        _busy ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void End() => Interlocked.Exchange(ref _busy, null)?.TrySetResult();

    /// <summary>Waits until it is over, or has taken so much real time that it seems to need virtual time.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_busy is not { } busy || _impatient)
            return;
        try
        {
            await busy.Task.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            _impatient = true;
        }
    }
}
