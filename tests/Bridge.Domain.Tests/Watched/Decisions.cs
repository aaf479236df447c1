using Bridge.Domain.Calls;

namespace Bridge.Domain.Tests.Watched;

/// <summary>How often each decision was taken, over all stories.</summary>
internal sealed class Decisions
{
    private readonly long[] _counts = new long[Enum.GetValues<WatchAction>().Length];

    public void Count(WatchAction action) => Interlocked.Increment(ref _counts[(int)action]);

    public long Of(WatchAction action) => Interlocked.Read(ref _counts[(int)action]);
}
