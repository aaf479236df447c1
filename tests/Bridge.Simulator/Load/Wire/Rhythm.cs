using System.Runtime.InteropServices;

namespace Bridge.Simulator.Load.Wire;

/// <summary>
/// Whether a reactor is woken for each message, or looks from time to time. A crowd wakes it thousands of times a second, which costs it
/// and the one who sends to it more than the messages do, and which no far end across a network would do. Above 5,000 messages a second
/// it looks every half millisecond; delays are then known to that.
/// </summary>
internal sealed partial class Rhythm
{
    private const long Window = 100 * Reactor.Millisecond;
    private const long Pause = Reactor.Millisecond / 2;
    private const int Crowd = 500;

    private long _since = Reactor.Now;
    private long _last;
    private int _seen;
    private bool _isCrowd;

    /// <summary>So many sockets were ready.</summary>
    public void Saw(int ready)
    {
        _seen += ready;
        _last = Reactor.Now;
        if (_last - _since < Window)
            return;
        _isCrowd = _seen * (Window / (double)(_last - _since)) > Crowd;
        (_since, _seen) = (_last, 0);
    }

    /// <summary>Waits until it is time to look again.</summary>
    public void Rest()
    {
        var left = _last + Pause - Reactor.Now;
        if (_isCrowd && left > 0)
            _ = Sleep((uint)(left / 1000));
    }

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Sleep(uint microseconds);
}
