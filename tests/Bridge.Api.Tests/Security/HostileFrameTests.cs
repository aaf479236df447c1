using Bridge.Simulator.Faults;

namespace Bridge.Api.Tests.Security;

/// <summary>C4 to C7, C11: WebSocket frames that Twilio would never send, on a stream that got in rightly.</summary>
[CancelAfter(60_000)]
public sealed class HostileFrameTests
{
    private const uint Mask = 0x12345678;

    /// <summary>The bridge reads 500 frames a second, and a thousand at once.</summary>
    private const int Flood = 1500;

    /// <summary>What ends a stream, each as the bytes that do it (RFC 6455, sections 5 and 7.4; the groups of Autobahn's tests).</summary>
    private static readonly Dictionary<string, byte[]> Broken = new()
    {
        ["an unmasked frame"] = RawFrame.Make(RawFrame.Text, "{\"event\":\"connected\"}"u8),
        ["the first reserved bit"] = RawFrame.Make(RawFrame.Text, "{}"u8, reserved: 4, mask: Mask),
        ["the second reserved bit"] = RawFrame.Make(RawFrame.Text, "{}"u8, reserved: 2, mask: Mask),
        ["the third reserved bit"] = RawFrame.Make(RawFrame.Text, "{}"u8, reserved: 1, mask: Mask),
        ["a reserved bit of a ping"] = RawFrame.Make(RawFrame.Ping, "{}"u8, reserved: 4, mask: Mask),
        ["a reserved data opcode"] = RawFrame.Make(0x3, "{}"u8, mask: Mask),
        ["a reserved control opcode"] = RawFrame.Make(0xB, "{}"u8, mask: Mask),
        ["a ping in two fragments"] = RawFrame.Make(RawFrame.Ping, "a"u8, isLast: false, mask: Mask),
        ["a ping of more than 125 bytes"] = RawFrame.Make(RawFrame.Ping, new byte[126], mask: Mask),
        ["a continuation of nothing"] = RawFrame.Make(RawFrame.Continuation, "{}"u8, mask: Mask),
        ["a new message within another"] = [.. RawFrame.Make(RawFrame.Text, "{"u8, isLast: false, mask: Mask), .. RawFrame.Make(RawFrame.Text, "}"u8, mask: Mask)],
        ["a length of 2^63"] = [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78],
        ["a close of one byte"] = RawFrame.Make(RawFrame.Close, [3], mask: Mask),
        ["a close with a status that is none"] = RawFrame.Make(RawFrame.Close, [3, 0xED], mask: Mask),
        ["a close whose reason is not UTF-8"] = RawFrame.Make(RawFrame.Close, [3, 0xE8, 0xC3, 0x28], mask: Mask),
        ["bytes of chance"] = [.. Enumerable.Range(0, 400).Select(n => (byte)(n * 167 % 251))],
    };

    private static IEnumerable<string> BrokenNames => Broken.Keys;

    [TestCaseSource(nameof(BrokenNames)), Category("C7")]
    public async Task A_stream_that_breaks_the_protocol_below_is_ended_and_leaves_nothing(string name, CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        await call.Stream.SendAsync(Broken[name], cancel);

        await call.IsEndedAsync(cancel, 1002, 1007, 1008, 1000, null);
    }

    [TestCaseSource(nameof(BrokenNames)), Category("C7")]
    public async Task And_one_that_does_so_before_its_start_is_ended_without_a_dial(string name, CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartGuardedAsync();
        await using var stream = await bridge.OpenAsync(await bridge.PlaceAsync(cancel), cancel);
        await stream.SendAsync(Broken[name], cancel);
        await stream.CloseStatusAsync(cancel).WaitAsync(TimeSpan.FromSeconds(10), cancel);
        await stream.DisposeAsync();

        await bridge.EmptyAsync(cancel);
        bridge.NobodyGotIn();
        Assert.That(bridge.Logs.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)), Is.Empty);
    }

    [Test, Category("C7")]
    public async Task Text_that_is_not_utf8_ends_the_stream(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        await call.Stream.SendFrameAsync(RawFrame.Text, new byte[] { (byte)'"', 0xC3, 0x28, (byte)'"' }, cancellationToken: cancel);

        // The close frame may be lost to the abort behind it.
        await call.IsEndedAsync(cancel, 1007, null);
    }

    [Test, Category("C4")]
    public async Task Ten_binary_messages_are_passed_over_and_the_eleventh_ends_the_stream(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        for (var time = 0; time < 10; time++)
            await call.Stream.SendFrameAsync(RawFrame.Binary, new byte[160], cancellationToken: cancel);
        await call.GoesOnAsync(cancel, "ten binary messages");
        await call.Stream.SendFrameAsync(RawFrame.Binary, new byte[160], cancellationToken: cancel);

        await call.IsEndedAsync(cancel, 1003);
    }

    [Test, Category("C5")]
    public async Task A_message_that_says_it_is_endless_is_ended_when_16_KiB_of_it_came(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        await call.Stream.SendAsync(RawFrame.Header(RawFrame.Text, 1L << 62, mask: Mask), cancel);
        await call.Stream.SendAsync(new byte[(16 * 1024) + 1], cancel);

        await call.IsEndedAsync(cancel, 1009);
    }

    [Test, Category("C5")]
    public async Task A_message_in_fragments_without_end_is_ended_likewise_and_the_memory_does_not_grow(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await call.Stream.SendFrameAsync(RawFrame.Text, "\""u8.ToArray(), isLast: false, cancellationToken: cancel);
        await call.Stream.FloodAsync(RawFrame.Make(RawFrame.Continuation, new byte[1000], isLast: false, mask: Mask), 20_000, cancel);

        await call.IsEndedAsync(cancel, 1009, null);
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(5 << 20));
    }

    [Test, Category("C6")]
    public async Task A_message_a_byte_a_frame_with_pings_between_is_understood(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        var before = call.Session.Record.AudioBytes;
        await call.Stream.SendInBytesAsync(call.Frame(), RawFrame.Make(RawFrame.Ping, "."u8, mask: Mask), cancel);
        await call.Session.WaitForAudioAsync(before + 160, cancel);

        await call.GoesOnAsync(cancel, "a message in bytes");
    }

    [Test, Category("C6")]
    public async Task A_message_that_takes_longer_than_five_seconds_is_not_waited_for(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        await call.Stream.SendFrameAsync(RawFrame.Text, "{"u8.ToArray(), isLast: false, cancellationToken: cancel);
        Assert.That(await call.Stream.PingAsync(cancel), Is.True);
        call.Bridge.Clock.Advance(TimeSpan.FromSeconds(6));
        await call.Stream.SendFrameAsync(RawFrame.Continuation, " "u8.ToArray(), isLast: false, cancellationToken: cancel);

        await call.IsEndedAsync(cancel, 1008);
    }

    [Test, Category("C6")]
    public async Task A_flood_of_empty_fragments_or_of_pings_is_the_callers_own_trouble(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel);
        await using var other = await call.Bridge.CallAsync();
        var session = await call.Bridge.Model.NextConversationAsync(cancel);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        await call.Stream.SendFrameAsync(RawFrame.Text, "{"u8.ToArray(), isLast: false, cancellationToken: cancel);
        await call.Stream.FloodAsync(RawFrame.Make(RawFrame.Continuation, [], isLast: false, mask: Mask), Flood, cancel);
        await call.Stream.SendFrameAsync(RawFrame.Continuation, "}"u8.ToArray(), cancellationToken: cancel);
        await call.Stream.FloodAsync(RawFrame.Make(RawFrame.Pong, [], mask: Mask), Flood, cancel);
        // Whoever pings must read the pongs: else his own line is stuck, and only his.
        var pings = call.Stream.FloodAsync(RawFrame.Make(RawFrame.Ping, "x"u8, mask: Mask), Flood, cancel);
        for (var pong = 0; pong < Flood && await call.Stream.FrameAsync(cancel) is not null; pong++)
            continue;
        await pings;
        Assert.That(System.Diagnostics.Stopwatch.GetElapsedTime(since).TotalSeconds, Is.GreaterThan(3), "at 500 a second, after a thousand: the rest waits in the network");

        await other.StepAsync(25, cancel);
        await session.WaitForAudioAsync(25 * 160, cancel);
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(5 << 20));
        Assert.That(call.Bridge.Logs.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)), Is.Empty);
    }

    [Test, Category("C11")]
    public async Task A_whole_call_in_a_moment_does_not_reach_the_model(CancellationToken cancel)
    {
        await using var call = await RawCall.StartAsync(cancel, customize: b => b.Configuration["Server:Limits:FramesPerSecond"] = "0");
        for (var frame = 0; frame < 9000; frame++)
            await call.Stream.SendTextAsync(call.Frame(), cancel);
        Assert.That(await call.Stream.PingAsync(cancel), Is.True);
        await call.Session.WaitForAsync("session.update", 1, cancel);

        Assert.That(call.Session.Record.AudioBytes, Is.LessThanOrEqualTo(15 * 8000), "three minutes were sent, in no time");
    }

    [TestCase(50)]
    [TestCase(2)]
    [Category("C11")]
    public async Task Who_is_faster_than_time_for_ten_seconds_is_ended_and_buys_no_more_than_time_and_a_little(int times, CancellationToken cancel)
    {
        // The pace of frames at the socket is real time's, and would hide the pace of audio.
        await using var call = await RawCall.StartAsync(cancel, customize: b => b.Configuration["Server:Limits:FramesPerSecond"] = "0");
        var (seconds, isThere) = (0, true);
        for (; seconds < 30 && isThere; seconds++)
        {
            for (var tenth = 0; tenth < 10 && isThere; tenth++)
            {
                call.Bridge.Clock.Advance(TimeSpan.FromMilliseconds(100));
                for (var frame = 0; frame < 5 * times; frame++)
                    await call.Stream.SendAsync(RawFrame.Make(RawFrame.Text, System.Text.Encoding.UTF8.GetBytes(call.Frame()), mask: Mask), cancel);
                isThere = await call.Stream.PingAsync(cancel);
            }
        }

        Assert.That(isThere, Is.False, "after thirty seconds");
        Assert.That(call.Stream.Closed, Is.EqualTo(1008).Or.Null, "a reset may have overtaken the close");
        Assert.That(seconds, Is.InRange(10, 20));
        Assert.That(call.Session.Record.AudioBytes / 8000.0, Is.LessThan((seconds * 1.2) + 3));
        await call.Stream.DisposeAsync();
        await call.Bridge.EmptyAsync(cancel);
    }
}
