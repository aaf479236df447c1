using System.Text.RegularExpressions;
using Bridge.Simulator.Commands;

namespace Bridge.Simulator.Matrix;

/// <summary>What a bridge wrote since some moment.</summary>
internal sealed partial class BridgeLog(BridgeProcess bridge)
{
    private readonly int _from = bridge.Lines.Count;

    /// <summary>The lines since then.</summary>
    public IReadOnlyList<string> Lines => [.. bridge.Lines.Skip(_from)];

    /// <summary>The lines at Error level and above.</summary>
    public IReadOnlyList<string> Errors => [.. Lines.Where(line => ErrorLevel().IsMatch(line))];

    /// <summary>Lines about exceptions that nobody looked at, or that ended the process.</summary>
    public IReadOnlyList<string> Unobserved =>
        [.. Lines.Where(line => line.Contains("Unobserved", StringComparison.OrdinalIgnoreCase) || line.Contains("Unhandled exception", StringComparison.OrdinalIgnoreCase))];

    /// <summary>How often a text was written.</summary>
    public int Count(string text) => Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Why the streams of a call ended, in order.</summary>
    public IReadOnlyList<string> Reasons(string callSid) =>
        [.. Lines.Where(line => line.Contains(callSid, StringComparison.Ordinal)).Select(line => Ended().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)];

    /// <summary>Waits until a condition of the log holds: its lines come a moment after what they tell of.</summary>
    public async Task<bool> WaitUntilAsync(Func<BridgeLog, bool> condition, TimeSpan longest, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition(this))
        {
            if (TimeProvider.System.GetElapsedTime(began) > longest)
                return false;
            await Task.Delay(10, cancellationToken);
        }

        return true;
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} (ERR|FTL) ")]
    private static partial Regex ErrorLevel();

    [GeneratedRegex(@"Call ended: (\w+) after")]
    private static partial Regex Ended();
}
