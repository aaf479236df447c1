using Bridge.Infrastructure.WebSockets;

namespace Bridge.Infrastructure.Tests;

public sealed class DialStreamTests
{
    [Test]
    public void Until_a_session_is_set_up_who_reads_goes_on_on_the_pool() => Assert.That(WhoGoesOn(isSetUp: false), Is.EqualTo("the pool"));

    [Test]
    public void Once_it_is_set_up_who_reads_goes_on_where_the_read_completes() => Assert.That(WhoGoesOn(isSetUp: true), Is.EqualTo("the socket's thread"));

    private static string WhoGoesOn(bool isSetUp)
    {
        var inner = new Waiting();
        using var stream = new DialStream(inner) { IsSetUp = isSetUp };
        var reader = ReadAsync(stream);
        var socket = new Thread(() => inner.Complete()) { Name = "the socket's thread" };
        socket.Start();
        socket.Join();
        return reader.GetAwaiter().GetResult();
    }

    private static async Task<string> ReadAsync(DialStream stream)
    {
        await stream.ReadAsync(new byte[1]).ConfigureAwait(false);
        return Thread.CurrentThread.IsThreadPoolThread ? "the pool" : Thread.CurrentThread.Name ?? "nobody knows";
    }

    /// <summary>A connection whose read completes when it is told to, on the thread that tells it.</summary>
    private sealed class Waiting : MemoryStream
    {
        private readonly TaskCompletionSource<int> _read = new();

        public void Complete() => _read.SetResult(1);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_read.Task);
    }
}
