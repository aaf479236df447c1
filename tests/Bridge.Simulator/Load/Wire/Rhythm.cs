using System.Runtime.InteropServices;

namespace Bridge.Simulator.Load.Wire;

/// <summary>
/// Whether a reactor is woken for each message, or looks from time to time. A crowd wakes it thousands of times a second, which costs it
/// and the one who sends to it more than the messages do, and which no far end across a network would do. What came is stamped by the
/// kernel (<see cref="SocketCalls"/>), so delays are known all the same; of what one read brings, all messages count as late as the last.
/// </summary>
/// <param name="pause">How often it looks in a crowd, in nanoseconds; appointments are late by up to as much.</param>
internal sealed partial class Rhythm(long pause)
{
    private const long Window = 100 * Reactor.Millisecond;

    /// <summary>Messages and appointments in a window: 3,000 a second.</summary>
    private const int Crowd = 300;

    private long _since = Reactor.Now;
    private long _last;
    private int _seen;

    /// <summary>It looks from time to time.</summary>
    public bool IsCrowd { get; private set; }

    /// <summary>So many sockets were ready, or appointments due.</summary>
    public void Saw(int count)
    {
        _seen += count;
        _last = Reactor.Now;
        if (_last - _since < Window)
            return;
        IsCrowd = _seen * (Window / (double)(_last - _since)) > Crowd;
        (_since, _seen) = (_last, 0);
    }

    /// <summary>Waits until it is time to look again.</summary>
    public void Rest()
    {
        var left = _last + pause - Reactor.Now;
        if (IsCrowd && left > 0)
            _ = Sleep((uint)(left / 1000));
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
