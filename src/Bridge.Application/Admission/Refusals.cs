using Bridge.Application.Bridging;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Admission;

/// <summary>Counts who was not let in, and says so: some lines, so that nobody can fill a disk with them.</summary>
public sealed partial class Refusals(BridgeMetrics metrics, TimeProvider time, ILogger<Refusals> logger)
{
    /// <summary>Of one reason: the noise of scanners must not hide that our own address is wrong.</summary>
    private const int MostLines = 20;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private long _began = time.GetTimestamp();
    private readonly int[] _lines = new int[Enum.GetValues<RefusalReason>().Length];
    private int _unsaid;

    /// <summary>Somebody was not let in.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="what">What it asked for; no token, no query, nothing it made up.</param>
    public void Add(RefusalReason reason, string what)
    {
        metrics.Refused(reason);
        int unsaid;
        lock (_gate)
        {
            unsaid = 0;
            if (time.GetElapsedTime(_began) >= Window)
            {
                (_began, unsaid, _unsaid) = (time.GetTimestamp(), _unsaid, 0);
                Array.Clear(_lines);
            }

            if (++_lines[(int)reason] > MostLines)
            {
                _unsaid++;
                return;
            }
        }

        if (unsaid > 0)
            LogUnsaid(unsaid);
        LogRefused(what, reason);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused {What}: {Reason}")]
    private partial void LogRefused(string what, RefusalReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} more were refused and not logged one by one; bridge.refused counts them")]
    private partial void LogUnsaid(int count);
}
