using System.Diagnostics;

namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// How fast a far end's frames are read: so many a second for long, with a burst of two seconds' worth. A flood of pings, or of fragments
/// without a byte, would else cost a reader all its time; what is too fast waits in the network.
/// </summary>
/// <param name="framesPerSecond">How many for long; above 0.</param>
/// <param name="heldUp">Told each time that reading waits.</param>
public sealed class FramePace(int framesPerSecond, Action heldUp)
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly double _burst = 2.0 * framesPerSecond;
    private double _credit = 2.0 * framesPerSecond;
    private long _at = Stopwatch.GetTimestamp();

    /// <summary>A frame was read. The clock is looked at only when the credit is used up, so that a normal stream costs a subtraction.</summary>
    public void Took()
    {
        if (--_credit < 0)
            Refill();
    }

    /// <summary>Whether reading must wait.</summary>
    public bool IsSpent => _credit < 0;

    /// <summary>
    /// Until there is credit for some frames. The wall of real time: the reader's own clock may be a test's. Short, so that whoever waits
    /// looks up now and then.
    /// </summary>
    public async Task RestAsync()
    {
        heldUp();
        await Task.Delay(Rest);
        Refill();
    }

    private void Refill()
    {
        var now = Stopwatch.GetTimestamp();
        _credit = Math.Min(_burst, _credit + (Stopwatch.GetElapsedTime(_at, now).TotalSeconds * framesPerSecond));
        _at = now;
    }
}
