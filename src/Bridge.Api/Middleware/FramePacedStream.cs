using System.Diagnostics;
using System.Runtime.CompilerServices;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Api.Middleware;

/// <summary>A connection that is read on only as fast as so many WebSocket frames a second, with a burst of two seconds' worth.</summary>
/// <param name="inner">The connection.</param>
/// <param name="framesPerSecond">How many frames for long.</param>
/// <param name="heldUp">Told each time that a read waits.</param>
internal sealed class FramePacedStream(Stream inner, int framesPerSecond, Action heldUp) : FramedStream(inner, isClient: false)
{
    private readonly FrameCounter _frames = new();
    private readonly long _burst = 2L * framesPerSecond;
    private double _credit = 2.0 * framesPerSecond;
    private long _at = Stopwatch.GetTimestamp();

    /// <summary>The wall of real time: the reader's own clock may be a test's.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_credit < 0)
        {
            heldUp();
            await Task.Delay(TimeSpan.FromSeconds(-_credit / framesPerSecond), cancellationToken);
            Refill();
        }

        var read = await base.ReadAsync(buffer, cancellationToken);
        _credit -= _frames.Count(buffer.Span[..read]);
        if (_credit < 0)
            Refill();
        return read;
    }

    /// <summary>The clock is looked at only when the credit is used up, so that a normal stream costs a subtraction a read.</summary>
    private void Refill()
    {
        var now = Stopwatch.GetTimestamp();
        _credit = Math.Min(_burst, _credit + (Stopwatch.GetElapsedTime(_at, now).TotalSeconds * framesPerSecond));
        _at = now;
    }
}
