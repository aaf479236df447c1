using System.Net;
using System.Net.Sockets;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Load.Traffic;
using Bridge.Simulator.Load.Wire;

namespace Bridge.Simulator.Tests.Load;

/// <summary>What goes wrong on the thread of all callers is told, and the thread goes on.</summary>
[Platform("Linux")]
internal sealed class ReactorTests
{
    private Reactor _reactor = null!;
    private Thread _thread = null!;

    [SetUp]
    public void SetUp()
    {
        _reactor = new Reactor(pause: Reactor.Millisecond);
        _thread = new Thread(_reactor.Run) { IsBackground = true };
        _thread.Start();
    }

    [TearDown]
    public void TearDown()
    {
        _reactor.Stop();
        _thread.Join();
        _reactor.Dispose();
    }

    [Test]
    public async Task What_is_done_on_it_may_throw()
    {
        Assert.That(async () => await _reactor.DoAsync(() => throw new InvalidDataException("no")), Throws.InstanceOf<InvalidDataException>());
        await _reactor.DoAsync(static () => { }).WaitAsync(ModelClient.Limit());
    }

    [Test]
    public async Task A_call_that_nobody_answers_fails_alone()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)nobody.LocalEndPoint!).Port;
        var callers = new LoadCallers(_reactor, new LoadTarget(port, new FakeCallerOptions { Webhook = new Uri($"http://127.0.0.1:{port}/incoming-call") }));
        await _reactor.DoAsync(() => new CallerCall(callers, 0).Begin());
        var (failed, why) = (0, "");
        await _reactor.DoAsync(() => (failed, why) = (callers.Failed, callers.FirstFailure));
        Assert.That(failed, Is.EqualTo(1));
        Assert.That(why, Does.StartWith("Connection refused"));
    }
}
