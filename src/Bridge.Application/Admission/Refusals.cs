using Bridge.Application.Bridging;
using Microsoft.Extensions.Logging;

namespace Bridge.Application.Admission;

/// <summary>Why somebody was not let in. A closed list: a label of logs and metrics, and <c>docs/security.md</c> says what to do about each.</summary>
public enum RefusalReason
{
    /// <summary>No signature.</summary>
    NoSignature,

    /// <summary>A signature that is not Twilio's for this address; or our public address is not the one Twilio was told.</summary>
    WrongSignature,

    /// <summary>Signed, for an account that is not ours.</summary>
    ForeignAccount,

    /// <summary>A body that is no form.</summary>
    NotAForm,

    /// <summary>More bytes or fields than a form of Twilio's can have, or too slowly.</summary>
    BadBody,

    /// <summary>A browser opened the socket, for a page that is not ours.</summary>
    ForeignOrigin,

    /// <summary>No stream token, or something that has not its shape.</summary>
    GarbledToken,

    /// <summary>A stream token of a key that is not ours.</summary>
    UnknownKey,

    /// <summary>A stream token that we did not sign.</summary>
    ForgedToken,

    /// <summary>A stream token that was used, or whose call is on or over.</summary>
    AlreadyUsed,

    /// <summary>A stream token that nobody came with in time.</summary>
    ExpiredToken,

    /// <summary>Too many streams that have not said <c>start</c>.</summary>
    HalfOpen,

    /// <summary>As many calls are on as there may be.</summary>
    Full,

    /// <summary>The service is stopping.</summary>
    Stopping,

    /// <summary>The stream's <c>start</c> names another call or account than its token.</summary>
    OtherCall,

    /// <summary>The stream said no <c>start</c> in time.</summary>
    NoStart,
}

/// <summary>Counts who was not let in, and says so: some lines, so that nobody can fill a disk with them.</summary>
public sealed partial class Refusals(BridgeMetrics metrics, TimeProvider time, ILogger<Refusals> logger)
{
    private const int MostLines = 20;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private long _began = time.GetTimestamp();
    private int _lines;
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
                (_began, _lines, unsaid, _unsaid) = (time.GetTimestamp(), 0, _unsaid, 0);
            if (++_lines > MostLines)
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
