using Bridge.Simulator.Load.Figures;

namespace Bridge.Simulator.Load;

/// <summary>How long the line goes on after the model reported the caller's speech: the model's notes and the callers' put side by side.</summary>
internal static class Reactions
{
    private const long Longest = 3_000_000_000;

    /// <summary>Each report to the first clear of that call within three seconds of it. Empty when there were no clears.</summary>
    public static LatencyHistogram Of(IReadOnlyList<long[]> reports, IReadOnlyList<(int Call, long At)> clears)
    {
        var reactions = new LatencyHistogram();
        var byCall = clears.ToLookup(clear => clear.Call, clear => clear.At);
        foreach (var report in reports)
        {
            var (call, at) = ((int)report[0], report[1]);
            var clear = byCall[call].FirstOrDefault(clear => clear >= at && clear - at < Longest);
            if (clear > 0)
                reactions.Record(clear - at);
        }

        return reactions;
    }
}
