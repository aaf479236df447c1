using System.Diagnostics;
using Bridge.Simulator.Attacks;
using Bridge.Simulator.Caller;

namespace Bridge.Api.Tests.Security;

/// <summary>D14: connections that want to be waited for. The server's own times are real: five seconds of them.</summary>
[CancelAfter(60_000)]
public sealed class IdleConnectionTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(9), Drip = TimeSpan.FromMilliseconds(250);

    [Test, Category("D14")]
    public async Task Two_thousand_connections_that_say_nothing_keep_nobody_out_and_are_ended(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var since = Stopwatch.GetTimestamp();
        var idle = await Task.WhenAll(Enumerable.Range(0, 2000).Select(_ => RawConnection.OpenAsync(bridge.Address, cancel)));
        var ended = Task.WhenAll(idle.Select(one => one.ClosedAsync(cancel)));

        await using var caller = await bridge.CallAsync();
        await bridge.Model.NextConversationAsync(cancel);
        Assert.That(ended.IsCompleted, Is.False, "the call came while they were there");
        await ended;

        Assert.That(Stopwatch.GetElapsedTime(since), Is.LessThan(Longest));
        foreach (var one in idle)
            await one.DisposeAsync();
    }

    [Test, Category("D14")]
    public async Task Slow_heads_get_408_in_time_and_slow_bodies_are_not_waited_for(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var request = bridge.Genuine(bridge.Form());
        var call = await bridge.PlaceAsync(cancel);
        var since = Stopwatch.GetTimestamp();
        var slow = await Task.WhenAll(
            SlowAsync("a head that never ends", request.Head(), []),
            SlowAsync("half a line", "POST /incom"u8.ToArray(), []),
            SlowAsync("a handshake letter by letter", [], call.Handshake.Bytes()),
            SlowAsync("a body letter by letter", request.Instead("Content-Length", "60000").Head(), new byte[60_000]),
            SlowAsync("no body at all", request.Head(), []),
            SlowAsync("half a chunk", request.Without("Content-Length").With("Transfer-Encoding", "chunked").Head(), "ffff\r\nabc"u8.ToArray()));

        foreach (var (name, answer, _) in slow)
            Assert.That(answer?.Status, Is.AnyOf(400, 403, 408, null), name);
        Assert.That(slow.Single(one => one.Name == "a head that never ends").Answer?.Status, Is.EqualTo(408));
        TestContext.Out.WriteLine(string.Join(", ", slow.Select(one => $"{one.Name}: {one.Answer?.Status} after {one.After:F1} s")));
        Assert.That(slow.Select(one => one.After), Is.All.LessThan(Longest.TotalSeconds * 2), $"{Stopwatch.GetElapsedTime(since)}");
        Assert.That(bridge.Model.Dials, Is.Empty);

        async Task<(string Name, RawAnswer? Answer, double After)> SlowAsync(string name, byte[] atOnce, byte[] dripping)
        {
            var began = Stopwatch.GetTimestamp();
            await using var connection = await RawConnection.OpenAsync(bridge.Address, cancel);
            // Without the last byte of the empty line: never a whole head.
            await connection.SendAsync(name == "a head that never ends" ? atOnce[..^1] : atOnce, cancel);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var drip = connection.DripAsync(dripping, Drip, over.Token);
            var answer = await connection.AnswerAsync(cancel);
            await over.CancelAsync();
            await drip.ContinueWith(static _ => { }, TaskScheduler.Default);
            return (name, answer, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
    }

    [Test, Category("D14")]
    public async Task Two_hundred_silent_streams_are_the_most_and_are_ended_after_five_seconds_without_a_dial(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        var silent = new List<RawMediaStream>();
        for (var number = 0; number < 200; number++)
            silent.Add(await bridge.OpenAsync(await bridge.PlaceAsync(cancel), cancel));
        var late = await bridge.PlaceAsync(cancel);
        Assert.That(await bridge.StatusAsync(late.Handshake, cancel), Is.EqualTo(429));
        Assert.That(await bridge.StatusAsync(bridge.Genuine(bridge.Form()), cancel), Is.EqualTo(200), "webhooks are answered meanwhile");

        bridge.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(await Task.WhenAll(silent.Select(stream => stream.CloseStatusAsync(cancel))), Is.All.EqualTo(1008));
        foreach (var stream in silent)
            await stream.DisposeAsync();
        await bridge.EmptyAsync(cancel);
        Assert.That(bridge.Model.Dials, Is.Empty);
        await using var caller = await bridge.CallAsync();
        Assert.That(caller.Twiml.Kind, Is.EqualTo(TwimlKind.Connect));
    }
}
