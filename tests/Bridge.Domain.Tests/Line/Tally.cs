namespace Bridge.Domain.Tests.Line;

/// <summary>How many positions were told in all histories together, and how many of them were off by more than they should be.</summary>
internal sealed class Tally
{
    private int _told;
    private int _off;

    public int Told => _told;

    public double ShareOff => (double)_off / Math.Max(1, _told);

    public void Add(bool off)
    {
        Interlocked.Increment(ref _told);
        if (off)
            Interlocked.Increment(ref _off);
    }
}
