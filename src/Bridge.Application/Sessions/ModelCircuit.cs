using Bridge.Application.Abstractions;
using Bridge.Application.Bridging;
using Bridge.Application.Options;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Sessions;

/// <summary>
/// Whether new calls can expect a model. Open after several calls in a row that got no session, or for as long as the model
/// asked to be left alone: then callers are turned away before they are answered, instead of hearing an apology.
/// </summary>
public sealed partial class ModelCircuit(IOptions<BridgeOptions> options, BridgeMetrics metrics, TimeProvider time, ILogger<ModelCircuit> logger)
{
    /// <summary>A model that wants to be left alone for longer is tried again after this.</summary>
    private static readonly TimeSpan LongestQuota = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Queue<long> _failures = new();
    private long _openedAt;
    private TimeSpan _openFor;
    private bool _trial;

    /// <summary>New calls are turned away.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_gate)
                return _openFor > TimeSpan.Zero && time.GetElapsedTime(_openedAt) < _openFor;
        }
    }

    /// <summary>A call got its session.</summary>
    public void Succeeded()
    {
        lock (_gate)
        {
            if (_trial)
                LogClosed();
            _failures.Clear();
            (_trial, _openFor) = (false, TimeSpan.Zero);
        }
    }

    /// <summary>A call got none.</summary>
    public void Failed(RealtimeSessionException why)
    {
        lock (_gate)
        {
            if (why is { Failure: RealtimeSessionFailure.Busy, RetryAfter: { } quota })
            {
                Open(quota < LongestQuota ? quota : LongestQuota, "quota");
                return;
            }

            _failures.Enqueue(time.GetTimestamp());
            while (_failures.Count > 0 && time.GetElapsedTime(_failures.Peek()) > options.Value.Circuit.Within)
                _failures.Dequeue();
            if (_trial || _failures.Count >= options.Value.Circuit.Failures)
                Open(options.Value.Circuit.OpenFor, "model");
        }
    }

    private void Open(TimeSpan period, string reason)
    {
        (_openedAt, _openFor, _trial) = (time.GetTimestamp(), period, true);
        metrics.AdmissionClosed(reason);
        LogOpened(reason, period.TotalSeconds);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The model cannot be had ({Reason}): new calls are turned away for {Seconds} s")]
    private partial void LogOpened(string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "The model can be had again")]
    private partial void LogClosed();
}
