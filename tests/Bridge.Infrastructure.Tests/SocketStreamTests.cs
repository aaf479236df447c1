using System.Net;
using System.Net.Sockets;
using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

/// <summary>A connection over the system's sockets, with nothing between.</summary>
public sealed class SocketStreamTests : IDisposable
{
    private const int Frames = 10_000;

    private readonly SocketStream _near;
    private readonly Socket _far;

    public SocketStreamTests()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _far.Connect(listener.LocalEndPoint!);
        var near = listener.Accept();
        near.NoDelay = true;
        _near = new SocketStream(near);
    }

    [TearDown]
    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }

    [Test]
    public async Task What_was_read_before_is_read_first()
    {
        var near = _near.PrecededBy("one"u8.ToArray());
        _far.Send("two"u8);
        var read = new byte[6];
        await near.ReadExactlyAsync(read.AsMemory(0, 2)).AsTask().WaitAsync(SocketPair.Patience);
        await near.ReadExactlyAsync(read.AsMemory(2)).AsTask().WaitAsync(SocketPair.Patience);

        Assert.That(read, Is.EqualTo("onetwo"u8.ToArray()));
        Assert.That(_near.PrecededBy(default), Is.SameAs(_near), "nothing stands between when nothing was read");
    }

    [Test]
    public void A_write_that_the_system_takes_is_done_when_it_returns()
    {
        for (var i = 0; i < 100; i++)
        {
            var write = _near.WriteAsync("frame"u8.ToArray()).AsTask();
            Assert.That(write.IsCompletedSuccessfully);
        }

        var read = new byte[500];
        for (var at = 0; at < read.Length;)
            at += _far.Receive(read.AsSpan(at));
        Assert.That(read, Is.EqualTo(Enumerable.Repeat("frame"u8.ToArray(), 100).SelectMany(f => f)));
    }

    [Test]
    public async Task A_far_end_that_does_not_read_holds_a_write_up_until_it_does()
    {
        var sent = new byte[8 * 1024 * 1024];
        new Random(1).NextBytes(sent);
        var writing = _near.WriteAsync(sent).AsTask();
        Assert.That(writing.IsCompleted, Is.False);

        var read = new byte[sent.Length];
        for (var at = 0; at < read.Length;)
            at += await _far.ReceiveAsync(read.AsMemory(at));
        await writing.WaitAsync(SocketPair.Patience);
        Assert.That(read.AsSpan().SequenceEqual(sent));
    }

    [Test]
    public async Task A_write_that_waits_can_be_given_up()
    {
        using var cancel = new CancellationTokenSource();
        Assert.That(_near.WriteAsync(new byte[1], new CancellationToken(canceled: true)).AsTask().IsCanceled, "nothing of it is sent");
        var writing = _near.WriteAsync(new byte[8 * 1024 * 1024], cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThatAsync(() => writing.WaitAsync(SocketPair.Patience), Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Who_closes_it_ends_a_read_that_waits(bool byReset)
    {
        var reading = _near.ReadAsync(new byte[1]).AsTask();
        if (byReset)
            _near.Abort();
        else
            await _near.DisposeAsync();

        await Task.WhenAny(reading).WaitAsync(SocketPair.Patience);
        Assert.That(reading.Exception?.InnerException ?? (object)await reading, Is.InstanceOf<IOException>().Or.Zero);
    }

    [Test]
    public async Task A_far_end_that_resets_the_connection_is_a_fault_of_both_reading_and_writing()
    {
        var reading = _near.ReadAsync(new byte[1]).AsTask();
        _far.Close(0);

        await Assert.ThatAsync(() => reading.WaitAsync(SocketPair.Patience), Throws.InstanceOf<IOException>());
        await Assert.ThatAsync(() => _near.WriteAsync(new byte[1]).AsTask(), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void What_the_far_end_said_and_nobody_read_does_not_make_a_reset_of_the_end()
    {
        _far.Send(new byte[20_000]);
        _near.WriteAsync("goodbye"u8.ToArray()).AsTask().Wait();
        _near.Dispose();

        var read = new byte[16];
        Assert.That((_far.Receive(read), _far.Receive(read)), Is.EqualTo((7, 0)));
        Assert.That(_far.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error), Is.Zero, "no reset came behind it");
    }

    [Test]
    public async Task Ten_thousand_frames_each_way_leave_nothing_behind()
    {
        var (frame, answer, cancel) = (new byte[300], new byte[300], new CancellationTokenSource());
        const int Rounds = 3;
        var (before, least) = (0L, long.MaxValue);
        var far = new Thread(() =>
        {
            for (var i = 0; i < Frames * Rounds; i++)
            {
                if (i % Frames == 0)
                    before = GC.GetTotalAllocatedBytes(precise: true);
                _far.Send(frame);
                for (var at = 0; at < answer.Length;)
                    at += _far.Receive(answer.AsSpan(at));
                if (i % Frames == Frames - 1)
                    least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
            }
        });
        // Not in NUnit's context: what follows a read would be posted to it.
        var echo = Task.Run(() => EchoAsync(Frames * Rounds, cancel.Token));
        far.Start();
        await echo;
        far.Join();

        // The whole process is counted, and the test host does something beside it; an object a frame would be 240 KB at least.
        Assert.That(least, Is.LessThan(Frames));
    }

    private async Task EchoAsync(int frames, CancellationToken cancel)
    {
        var buffer = new byte[300];
        for (var i = 0; i < frames; i++)
        {
            for (var at = 0; at < buffer.Length;)
                at += await _near.ReadAsync(buffer.AsMemory(at), cancel);
            await _near.WriteAsync(buffer, cancel);
        }
    }
}
