using System.Net;
using System.Net.Sockets;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Tests.Load;

/// <summary>The generator looks seldom, and still knows when a message came.</summary>
[Platform("Linux")]
internal sealed class SocketCallsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly byte[] _buffer = new byte[64];
    private Socket _near = null!;
    private Socket _far = null!;

    [SetUp]
    public void Connect()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        _near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _near.Connect(listener.LocalEndPoint!);
        _far = listener.Accept();
        _near.Blocking = _far.Blocking = false;
        SocketCalls.AskForTimes(_far);
    }

    [TearDown]
    public void Disconnect()
    {
        _near.Dispose();
        _far.Dispose();
    }

    [Test]
    public void The_time_of_bytes_is_that_of_their_arrival_however_late_somebody_looks()
    {
        // The kernel begins to stamp a moment after the first socket of a machine asked for it.
        Assert.That(SpinWait.SpinUntil(ArrivalIsKnown, Patience), Is.True);
        Assert.That(_buffer.AsSpan(0, 5).SequenceEqual("hello"u8), Is.True);
    }

    [Test]
    public void Nothing_is_told_from_the_end_of_the_connection()
    {
        Assert.That(SocketCalls.Receive(_far, _buffer, out _), Is.EqualTo(-1));
        _near.Shutdown(SocketShutdown.Send);
        Assert.That(SpinWait.SpinUntil(() => SocketCalls.Receive(_far, _buffer, out _) == 0, Patience), Is.True);
    }

    [Test]
    public void What_is_sent_to_nobody_is_no_fault_and_takes_nothing()
    {
        _far.LingerState = new LingerOption(true, 0);
        _far.Dispose();
        Assert.That(SpinWait.SpinUntil(() => SocketCalls.Send(_near, "hello"u8) == 0, Patience), Is.True);
    }

    private bool ArrivalIsKnown()
    {
        var before = Reactor.Now;
        SocketCalls.Send(_near, "hello"u8);
        var after = Reactor.Now;
        SpinWait.SpinUntil(() => Reactor.Now > after + (10 * Reactor.Millisecond));
        Assert.That(SocketCalls.Receive(_far, _buffer, out var arrived), Is.EqualTo(5));
        Assert.That(arrived, Is.GreaterThan(before - Reactor.Millisecond));
        return arrived < after + (5 * Reactor.Millisecond);
    }
}
