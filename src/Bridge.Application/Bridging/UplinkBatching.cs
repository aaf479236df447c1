using System.Globalization;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.Playback;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Bridge.Application.Bridging;

/// <summary>
/// How much of the caller's audio goes to the model in one append, for all calls: what <c>UPLINK_BATCH_MS</c> says. With
/// <c>auto</c> one timer looks at the processor, and frames are gathered only while it is busy.
/// </summary>
public sealed partial class UplinkBatching : IDisposable
{
    /// <summary>A frame of Twilio's: a batch of one is none.</summary>
    private const int FrameMs = 20;

    /// <summary>A busy machine's batch: two of three appends are gone, for half the delay of 100 ms, which would save little more.</summary>
    private const int BusyMs = 60;

    private const double BusyAbove = 0.70;

    /// <summary>
    /// Batches take load off; if that alone ended them, they would come and go. Two thirds of the appends are less than 25 of 70 %
    /// as long as appends are not more than half of the work.
    /// </summary>
    private const double CalmBelow = 0.45;

    /// <summary>What the newest reading counts for: after a jump two thirds of it are believed in four readings.</summary>
    private const double Weight = 0.25;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IProcessorTime _processor;
    private readonly BridgeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<UplinkBatching> _logger;
    private readonly ITimer? _timer;
    private readonly Lock _gate = new();
    private volatile int _bytes;
    private long _readAt;
    private TimeSpan _used;
    private double _load;

    /// <summary>Begins to look at the processor, if that is what the setting wants.</summary>
    public UplinkBatching(IOptions<BridgeOptions> options, IProcessorTime processor, BridgeMetrics metrics, TimeProvider time, ILogger<UplinkBatching> logger)
    {
        (_processor, _metrics, _time, _logger) = (processor, metrics, time, logger);
        var setting = options.Value.CallerAudio.UplinkBatchMs;
        Use(setting == CallerAudioOptions.Auto ? FrameMs : int.Parse(setting, CultureInfo.InvariantCulture));
        if (setting != CallerAudioOptions.Auto)
            return;
        (_readAt, _used) = (time.GetTimestamp(), processor.Used);
        _timer = time.CreateTimer(static batching => ((UplinkBatching)batching!).Look(), this, Interval, Interval);
    }

    /// <summary>Bytes of a whole batch; 0 while each frame goes by itself.</summary>
    internal int Bytes => _bytes;

    /// <inheritdoc />
    public void Dispose() => _timer?.Dispose();

    private void Use(int milliseconds)
    {
        _bytes = milliseconds > FrameMs ? milliseconds * Pcmu.SamplesPerMillisecond : 0;
        _metrics.UplinkBatch(milliseconds);
    }

    private void Look()
    {
        try
        {
            lock (_gate)
                Take();
        }
        catch (Exception e)
        {
            // Nobody awaits a timer, and the process would end. Calls go on as they do now.
            _timer?.Dispose();
            LogBlind(e);
        }
    }

    private void Take()
    {
        var passed = _time.GetElapsedTime(_readAt);
        // A timer that was held up makes up for it: two readings at once say nothing.
        if (passed < Interval / 2)
            return;
        var used = _processor.Used;
        var share = (used - _used) / passed / _processor.Cores;
        (_readAt, _used) = (_time.GetTimestamp(), used);
        _load += Weight * (share - _load);
        var percent = (int)Math.Round(_load * 100);
        if (_bytes == 0 && _load > BusyAbove)
        {
            Use(BusyMs);
            LogBusy(percent, BusyMs);
        }
        else if (_bytes > 0 && _load < CalmBelow)
        {
            Use(FrameMs);
            LogCalm(percent);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The processor is busy ({LoadPercent} %): the caller's audio goes to the model in batches of {BatchMs} ms")]
    private partial void LogBusy(int loadPercent, int batchMs);

    [LoggerMessage(Level = LogLevel.Information, Message = "The processor is calm again ({LoadPercent} %): each frame of the caller's goes to the model by itself")]
    private partial void LogCalm(int loadPercent);

    [LoggerMessage(Level = LogLevel.Error, Message = "The processor cannot be looked at for a fault of ours: UPLINK_BATCH_MS=auto changes nothing any more")]
    private partial void LogBlind(Exception exception);
}
