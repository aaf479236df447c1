using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>What a session can do below its messages: bytes and frames that no WebSocket of .NET would send.</summary>
internal sealed class SessionFramingTests
{
    private FakeRealtimeServer _server = null!;

    [SetUp]
    public async Task SetUp() => _server = await FakeRealtimeServer.StartAsync();

    [TearDown]
    public Task TearDown() => _server.DisposeAsync().AsTask();

    [Test]
    public async Task A_message_can_trickle_a_byte_a_second()
    {
        var clock = new HastyClock();
        _server.Options = new FakeModelOptions { Clock = clock };
        using var client = await RawClient.OpenAsync(_server);
        await client.Session.Arm(SessionFault.Trickle(TimeSpan.FromSeconds(1)));
        var frame = await client.FrameAsync();
        Assert.That(frame.Text, Does.StartWith("{\"type\":\"rate_limits.updated\"").And.EndsWith("}"));
        var header = frame.Payload.Length < 126 ? 2 : 4;
        Assert.That(clock.Waits, Is.EqualTo(Enumerable.Repeat(TimeSpan.FromSeconds(1), header + frame.Payload.Length - 1)));
    }

    [Test]
    public async Task A_message_can_go_on_for_ever_and_pings_are_answered_meanwhile()
    {
        using var client = await RawClient.OpenAsync(_server);
        await client.Session.Arm(SessionFault.Endless(fragmentBytes: 1000, limit: 2100));
        var frames = new[] { await client.FrameAsync(), await client.FrameAsync(), await client.FrameAsync(), await client.FrameAsync() };
        Assert.That(frames.Select(frame => frame.Opcode), Is.EqualTo(new[] { RawFrame.Text, RawFrame.Continuation, RawFrame.Continuation, RawFrame.Continuation }));
        Assert.That(frames.Any(frame => frame.IsLast), Is.False);
        Assert.That(frames[0].Text + frames[1].Text, Does.StartWith("""{"type":"response.output_audio.delta","delta":"AAAA"""));
        await client.SendTextAsync(ModelClient.Configured);
        await client.PingAsync();
        Assert.That((await client.FrameAsync()).Opcode, Is.EqualTo(RawFrame.Pong));
    }

    [Test]
    public async Task A_frame_can_claim_any_length_and_break_any_rule()
    {
        using var client = await RawClient.OpenAsync(_server);
        await client.Session.SendBytesAsync(RawFrame.Header(RawFrame.Text, 1L << 62));
        Assert.That(await client.ReadAsync(10), Is.EqualTo(new byte[] { 0x81, 127, 0x40, 0, 0, 0, 0, 0, 0, 0 }));
        await client.Session.SendBytesAsync(RawFrame.Make(0x3, "x"u8, reserved: 4, mask: 0x01020304));
        Assert.That(await client.ReadAsync(7), Is.EqualTo(new byte[] { 0xC3, 0x81, 1, 2, 3, 4, (byte)'x' ^ 1 }));
    }
}
