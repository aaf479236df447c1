using Bridge.Application.Options;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Calls;

/// <summary>The calls that are on: admits up to a limit, counts, and drains.</summary>
public sealed class CallRegistry(IOptions<BridgeOptions> options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _callsMustEnd = new();
    private TaskCompletionSource? _empty;
    private int _active;

    /// <summary>How many calls are on.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>No call is admitted any more: the service is stopping.</summary>
    public bool Draining { get; private set; }

    /// <summary>Would a call be admitted now?</summary>
    public bool HasRoom => !Draining && (options.Value.MaxConcurrentCalls == 0 || Active < options.Value.MaxConcurrentCalls);

    /// <summary>Cancelled when the calls that are still on are to be ended.</summary>
    public CancellationToken CallsMustEnd => _callsMustEnd.Token;

    /// <summary>Takes a place for a call; null when there is none. Disposing the place gives it back.</summary>
    public IDisposable? TryAdmit()
    {
        lock (_gate)
        {
            if (!HasRoom)
                return null;
            _active++;
            return new Place(this);
        }
    }

    /// <summary>Admits no more, waits for the calls that are on up to <paramref name="patience"/>, then has them ended and waits for that.</summary>
    public async Task DrainAsync(TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        Task empty;
        lock (_gate)
        {
            Draining = true;
            empty = _active == 0 ? Task.CompletedTask : (_empty ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        try
        {
            await empty.WaitAsync(patience, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await _callsMustEnd.CancelAsync();
            await empty.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _callsMustEnd.Dispose();

    private void Leave()
    {
        lock (_gate)
        {
            if (--_active == 0)
                _empty?.TrySetResult();
        }
    }

    private sealed class Place(CallRegistry registry) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                registry.Leave();
        }
    }
}
