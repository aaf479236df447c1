using System.Text.Json;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>Every way for a session to die, to fall silent, or to be there no more without anybody knowing.</summary>
internal sealed class SessionDeathTests
{
    private const string Delta = "response.output_audio.delta";

    private FakeRealtimeServer _server = null!;

    [SetUp]
    public async Task SetUp() => _server = await FakeRealtimeServer.StartAsync(new FakeModelOptions { Answers = [], ReceiveBufferBytes = 1024 });

    [TearDown]
    public Task TearDown() => _server.DisposeAsync().AsTask();

    private static IEnumerable<TestCaseData> Deaths()
    {
        yield return new(SessionFault.Reset, -1);
        yield return new(SessionFault.Fin, -1);
        foreach (var status in new[] { 1000, 1001, 1008, 1011, 1012, 1013, 4001 })
            yield return new(SessionFault.Close(status), status);
        yield return new(SessionFault.Close(1006), -1);
    }

    [TestCaseSource(nameof(Deaths))]
    public async Task A_session_can_die_after_any_delta_and_all_before_it_arrives(SessionFault death, int ended)
    {
        foreach (var deltas in new[] { 1, 3 })
        {
            using var client = await FaultClient.OpenAsync(_server);
            _ = client.Session.RespondAsync(ModelAnswer.Tones(2000) with { Faults = [death.AfterDelta(deltas)] });
            var all = await client.ToEndAsync();
            Assert.That(all.Count(message => FaultClient.Type(message) == Delta), Is.EqualTo(deltas));
            Assert.That(FaultClient.Type(all[^1]), Is.EqualTo(Delta));
            Assert.That(client.Ended, Is.EqualTo(ended));
            client.Dispose();
            Assert.That((await client.Session.Closed.WaitAsync(ModelClient.Limit())).By, Is.EqualTo(ClosedBy.Us));
            Assert.That(client.Session.Ledger.Single().GeneratedMs, Is.EqualTo(deltas * 200));
        }

        await _server.WaitUntilAsync(model => model is { OpenSockets: 0, OpenConnections: 0 }, ModelClient.Limit());
    }

    [Test]
    public async Task A_fin_is_no_reset_and_a_reset_is_no_fin()
    {
        using var finished = await RawClient.OpenAsync(_server);
        await finished.Session.DieByFinAsync();
        await finished.CountAsync(bytes => Assert.Fail($"{bytes} bytes came"));
        using var reset = await RawClient.OpenAsync(_server);
        await reset.Session.DieByResetAsync();
        Assert.That(async () => await reset.CountAsync(_ => { }), Throws.InstanceOf<System.Net.Sockets.SocketException>());
    }

    [Test]
    public async Task A_death_can_come_before_an_event_after_the_last_delta_or_when_the_client_speaks()
    {
        _server.Script = [DialFault.Session(SessionFault.Reset.Before("session.updated"))];
        using var unready = await FaultClient.OpenAsync(_server, configure: false);
        await unready.SendAsync(ModelClient.Configured);
        Assert.That((await unready.ToEndAsync()).Select(FaultClient.Type), Is.EqualTo(new[] { "session.created" }));

        using var late = await FaultClient.OpenAsync(_server);
        _ = late.Session.RespondAsync(ModelAnswer.Tones(600) with { Faults = [SessionFault.Fin.Before("response.output_audio.done")] });
        Assert.That((await late.ToEndAsync()).Count(message => FaultClient.Type(message) == Delta), Is.EqualTo(3));

        using var asked = await FaultClient.OpenAsync(_server);
        await asked.Session.Arm(SessionFault.Close(1011).On("response.create", 2));
        await asked.SendAsync("""{"type":"response.create"}""");
        await asked.UntilAsync("response.done");
        await asked.SendAsync("""{"type":"response.create"}""");
        Assert.That(await asked.ToEndAsync(), Is.Empty);
        Assert.That(asked.Ended, Is.EqualTo(1011));
    }

    [Test]
    public async Task A_session_can_die_at_its_nth_event_or_when_its_time_has_come()
    {
        var clock = new ManualClock();
        _server.Options = new FakeModelOptions { Clock = clock, Faults = [SessionFault.Reset.AfterEvent(4), SessionFault.Close(1001).After(TimeSpan.FromSeconds(5))] };
        using var counted = await FaultClient.OpenAsync(_server);
        _ = counted.Session.RespondAsync(ModelAnswer.Tones(200));
        Assert.That(await counted.ToEndAsync(), Has.Count.EqualTo(2));

        using var timed = await FaultClient.OpenAsync(_server);
        clock.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.That(await timed.UpToNowAsync(), Is.Empty);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await timed.ToEndAsync();
        Assert.That(timed.Ended, Is.EqualTo(1001));
    }

    [TestCase("response.created", 1, 1)]
    [TestCase(Delta, 2, 8)]
    public async Task A_stalled_session_writes_nothing_but_pongs_reads_on_and_can_be_resumed(string type, int number, int events)
    {
        using var client = await RawClient.OpenAsync(_server);
        await client.SendTextAsync(ModelClient.Configured);
        await client.FrameAsync();
        _ = client.Session.RespondAsync(ModelAnswer.Tones(2000) with { Faults = [SessionFault.Stall.After(type, number)] });
        for (var i = 0; i < events; i++)
            await client.FrameAsync();
        await client.Session.WaitUntilAsync(session => session.IsStalled, ModelClient.Limit());
        await client.SendTextAsync("""{"type":"response.cancel"}""");
        await client.SendTextAsync("""{"type":"input_audio_buffer.clear"}""");
        await client.Session.WaitForAsync("input_audio_buffer.clear", 1, ModelClient.Limit());
        await client.PingAsync();
        Assert.That(await client.FrameAsync(), Has.Property("Opcode").EqualTo(RawFrame.Pong));
        await client.Session.ResumeAsync();
        Assert.That((await client.FrameAsync()).Text, Does.Contain("input_audio_buffer.cleared"));
        Frame last;
        do
            last = await client.FrameAsync();
        while (!last.Text.Contains("response.done", StringComparison.Ordinal));
        Assert.That(JsonDocument.Parse(last.Text).RootElement.GetProperty("response").GetProperty("status").GetString(), Is.EqualTo("cancelled"));
    }

    [Test]
    public async Task A_session_can_stall_when_the_caller_has_spoken_and_nothing_answers()
    {
        _server.Options = new FakeModelOptions { Faults = [SessionFault.Stall.After("input_audio_buffer.speech_stopped")] };
        using var client = await RawClient.OpenAsync(_server);
        await client.Session.SpeechStartedAsync();
        await client.Session.SpeechStoppedAsync();
        Assert.That((await client.FrameAsync()).Text, Does.Contain("speech_started"));
        Assert.That((await client.FrameAsync()).Text, Does.Contain("speech_stopped"));
        await client.PingAsync();
        Assert.That(await client.FrameAsync(), Has.Property("Opcode").EqualTo(RawFrame.Pong));
        Assert.That(await client.FinishAsync(), Is.Zero);
    }

    [Test]
    public async Task A_half_open_session_hears_and_says_nothing_but_notices_that_the_client_left()
    {
        using var client = await RawClient.OpenAsync(_server);
        client.Session.GoHalfOpen();
        await client.PingAsync();
        await client.SendTextAsync(ModelClient.Configured);
        _ = client.Session.SpeechStartedAsync();
        Assert.That(client.Session.Closed.IsCompleted, Is.False);
        Assert.That(await client.FinishAsync(), Is.Zero);
        await client.Session.Closed.WaitAsync(ModelClient.Limit());
        Assert.That(client.Session.Received, Is.Empty);
    }

    [Test]
    public async Task Virtual_time_goes_on_while_a_session_is_half_open()
    {
        using var client = await FaultClient.OpenAsync(_server);
        await client.Session.Arm(SessionFault.HalfOpen);
        await client.Session.Socket.PingAsync(ModelClient.Limit());
        await client.Session.RestAsync(ModelClient.Limit());
        Assert.That(client.Session.Closed.IsCompleted, Is.False);
    }

    [Test]
    public async Task A_session_that_does_not_read_is_soon_felt_and_can_read_on()
    {
        using var client = await RawClient.OpenAsync(_server);
        client.Session.StopReading();
        client.Socket.SendTimeout = 300;
        var frame = RawFrame.Make(RawFrame.Text, System.Text.Encoding.UTF8.GetBytes($$"""{"type":"input_audio_buffer.append","audio":"{{new string('/', 216)}}"}"""), mask: 1);
        var bytes = 0;
        Assert.That(
            () =>
            {
                while (bytes < 10_000_000)
                    bytes += client.Socket.Send(frame);
            },
            Throws.InstanceOf<System.Net.Sockets.SocketException>());
        Assert.That(bytes, Is.LessThan(100_000), "no more than some seconds of a caller's audio");
        Assert.That(client.Session.Record.AudioBytes, Is.Zero);
        client.Session.ReadOn();
        await client.Session.WaitForAudioAsync(bytes / frame.Length * 162 / 2, ModelClient.Limit());
    }
}
