using Bridge.Application.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Calls;

/// <summary>
/// Stops taking calls and waits for those that are on, and for those that were promised; at the end of its patience it ends
/// them. Can be called off, and can be cut short.
/// </summary>
public sealed partial class CallDrain(CallRegistry calls, CallOutcomes outcomes, IOptions<BridgeOptions> options, TimeProvider time, ILogger<CallDrain> logger) : IDisposable
{
    /// <summary>Twilio asks what to do with a call right after its stream was closed; that is waited for, but not longer.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private CancellationTokenSource? _calledOff;
    private Task<bool>? _running;

    /// <summary>Drains; asked twice, it is one drain. True when nothing is left, false when it was called off.</summary>
    public Task<bool> RunAsync()
    {
        lock (_gate)
        {
            if (_running is { IsCompleted: false } or { IsCompletedSuccessfully: true, Result: true })
                return _running;
            _calledOff = new CancellationTokenSource();
            return _running = DrainAsync(_calledOff.Token);
        }
    }

    /// <summary>Calls are taken again, and nothing was lost. Does nothing when there is no drain, or it is over.</summary>
    public void CallOff()
    {
        lock (_gate)
        {
            if (_running is not { IsCompleted: false } || calls.CallsMustEnd.IsCancellationRequested)
                return;
            _calledOff!.Cancel();
            _running = null;
            calls.Draining = false;
        }

        LogCalledOff();
    }

    /// <summary>The calls that are on are ended now, each with its net.</summary>
    public async Task ForceAsync()
    {
        calls.Draining = true;
        LogForced(calls.Active);
        await calls.EndCallsAsync();
        await UntilEmptyAsync(time.GetTimestamp(), Linger, promises: false, CancellationToken.None);
        await outcomes.AllToldAsync(Linger);
    }

    /// <inheritdoc />
    public void Dispose() => _calledOff?.Dispose();

    private async Task<bool> DrainAsync(CancellationToken calledOff)
    {
        var began = time.GetTimestamp();
        calls.Draining = true;
        var (active, promised, patience) = (calls.Active, calls.Promised, options.Value.DrainTimeout);
        LogBegins(active, promised, patience.TotalSeconds);
        try
        {
            if (!await UntilEmptyAsync(began, patience, promises: true, calledOff))
            {
                LogTimedOut(calls.Active);
                await calls.EndCallsAsync();
                await UntilEmptyAsync(time.GetTimestamp(), TimeSpan.FromMinutes(1), promises: false, CancellationToken.None);
            }

            await outcomes.AllToldAsync(Linger);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        var took = time.GetElapsedTime(began).TotalSeconds;
        LogOver(took);
        return true;
    }

    /// <summary>Waits until no call is on and none is to come; false when that takes too long.</summary>
    private async Task<bool> UntilEmptyAsync(long began, TimeSpan patience, bool promises, CancellationToken calledOff)
    {
        var told = began;
        while (true)
        {
            var changed = calls.Changed;
            calledOff.ThrowIfCancellationRequested();
            if (calls.Active == 0 && (!promises || calls.Promised == 0))
                return true;
            var left = patience - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return false;
            // Promises end without a word, so they are looked after now and then.
            var wait = calls.Promised > 0 && left > TimeSpan.FromMilliseconds(250) ? TimeSpan.FromMilliseconds(250) : left;
            if (wait > ProgressEvery)
                wait = ProgressEvery;
            try
            {
                await changed.WaitAsync(wait, time, calledOff);
            }
            catch (TimeoutException)
            {
                if (time.GetElapsedTime(told) < ProgressEvery)
                    continue;
                (var active, var promised, told) = (calls.Active, calls.Promised, time.GetTimestamp());
                LogProgress(active, promised, left.TotalSeconds);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining: {Active} call(s) and {Promised} promised one(s) have {Seconds} s to end by themselves; no new ones are taken")]
    private partial void LogBegins(int active, int promised, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Still draining: {Active} call(s), {Promised} promised, {Seconds:F0} s left")]
    private partial void LogProgress(int active, int promised, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The time to drain is over: {Active} call(s) are ended now")]
    private partial void LogTimedOut(int active);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping at once: {Active} call(s) are ended now")]
    private partial void LogForced(int active);

    [LoggerMessage(Level = LogLevel.Information, Message = "Draining was called off: calls are taken again")]
    private partial void LogCalledOff();

    [LoggerMessage(Level = LogLevel.Information, Message = "Drained after {Seconds:F1} s")]
    private partial void LogOver(double seconds);
}
