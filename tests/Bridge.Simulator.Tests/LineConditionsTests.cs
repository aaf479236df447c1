using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

/// <summary>The line between bridge and caller, in virtual time unless it says otherwise.</summary>
internal sealed class LineConditionsTests
{
    private StandInBridge _bridge = null!;

    [SetUp]
    public async Task SetUp() => _bridge = await StandInBridge.StartAsync();

    [TearDown]
    public Task TearDown() => _bridge.DisposeAsync().AsTask();

    [Test]
    public async Task What_goes_up_comes_out_at_its_exact_millisecond()
    {
        await using var caller = await DialAsync(new() { UpDelayMs = 63 });
        await PassAsync(caller, 82);
        Assert.That(caller.Record.SentFrames, Is.Empty);
        await PassAsync(caller, 21);
        Assert.That(caller.Record.SentFrames.Select(at => Ms(caller, at)), Is.EqualTo(new[] { 83, 103 }));
        Assert.That(caller.MediaTimeMs, Is.EqualTo(200), "the stamp is that of the moment of speaking");
    }

    [Test]
    public async Task What_comes_down_takes_effect_when_it_has_arrived_and_not_when_it_was_read()
    {
        await using var caller = await DialAsync(new() { DownDelayMs = 150 });
        var stream = await StartedAsync();
        await stream.PlayAsync(Speech.Tone(1000));
        await ReadAsync(caller, 1);
        await PassAsync(caller, 149);
        Assert.That(caller.Playout.ReceivedSamples, Is.Zero);
        await PassAsync(caller, 501);
        await stream.ClearAsync();
        await ReadAsync(caller, 2);
        await PassAsync(caller, 150);
        Assert.That(caller.Record.Received.Select(message => Ms(caller, message.At)), Is.EqualTo(new[] { 0, 650 }));
        Assert.That(caller.Clears.Single().AtSample, Is.EqualTo(800 * 8));
        Assert.That(caller.Playout.HeardSamples, Is.EqualTo(650 * 8), "what was played while the clear was under way was heard");
    }

    [Test]
    public async Task With_jitter_each_message_has_its_own_delay_and_none_overtakes()
    {
        await using var caller = await DialAsync(new() { UpDelayMs = 40, UpJitterMs = 90, Seed = 7 });
        var stream = await StartedAsync();
        await PassAsync(caller, 1000);
        var late = caller.Record.SentFrames.Select((at, frame) => Ms(caller, at) - (20 * (frame + 1))).ToList();
        Assert.That(caller.Record.SentFrames, Is.Ordered);
        Assert.That(late, Has.All.InRange(40, 130));
        Assert.That(late.Distinct().Count(), Is.GreaterThan(20));
        for (var frame = 0; frame < late.Count; frame++)
            Assert.That((await stream.UntilAsync("media")).GetProperty("media").GetProperty("timestamp").GetString(), Is.EqualTo($"{120 + (20 * frame)}"));
    }

    [Test]
    public async Task The_same_seed_throws_the_same_dice()
    {
        var all = new List<IReadOnlyList<int>>();
        for (var i = 0; i < 2; i++)
        {
            await using var bridge = await StandInBridge.StartAsync();
            await using var caller = await DialAsync(new() { UpJitterMs = 50, Seed = 3 }, webhook: bridge.Webhook);
            await PassAsync(caller, 600);
            all.Add([.. caller.Record.SentFrames.Select(at => Ms(caller, at))]);
        }

        Assert.That(all[0], Is.EqualTo(all[1]));
    }

    [Test]
    public async Task Batches_leave_together()
    {
        await using var caller = await DialAsync(new() { BatchMs = 60 });
        await PassAsync(caller, 125);
        Assert.That(caller.Record.SentFrames.Select(at => Ms(caller, at)), Is.EqualTo(new[] { 60, 60, 60, 120, 120, 120 }));
    }

    [Test]
    public async Task A_mark_is_returned_at_the_millisecond_at_which_it_is_reached_or_so_much_later([Values(0, 300)] int hold)
    {
        await using var caller = await DialAsync(new() { MarkHoldMs = hold });
        var stream = await StartedAsync();
        await stream.PlayAsync(Speech.Tone(40)[..(37 * 8)]);
        await stream.MarkAsync("a");
        await caller.WaitForMarksAsync(1, ModelClient.Limit());
        await PassAsync(caller, 36 + hold);
        var frames = caller.Record.SentFrames.Count;
        await PassAsync(caller, 1);
        await PassAsync(caller, 100);
        for (var i = 0; i < frames; i++)
            await stream.UntilAsync("media");
        Assert.That(await stream.ReceiveTextAsync(), Does.Contain("\"mark\""), "it comes between the frames before it and the frames after it");
    }

    [Test]
    public async Task What_a_clear_flushes_comes_before_or_behind_the_marks_that_are_held([Values] bool flushedFirst)
    {
        await using var caller = await DialAsync(new() { MarkHoldMs = 50, ClearReturnsMarksFirst = flushedFirst });
        var stream = await StartedAsync();
        await stream.PlayAsync(Speech.Tone(40));
        await stream.MarkAsync("reached");
        await stream.PlayAsync(Speech.Tone(500));
        await stream.MarkAsync("flushed");
        await caller.WaitForMarksAsync(2, ModelClient.Limit());
        await PassAsync(caller, 60);
        await stream.ClearAsync();
        await caller.WaitForClearAsync(1, ModelClient.Limit());
        await PassAsync(caller, 100);
        Assert.That((await stream.UntilAsync("mark")).GetProperty("mark").GetProperty("name").GetString(), Is.EqualTo(flushedFirst ? "flushed" : "reached"));
        Assert.That((await stream.UntilAsync("mark")).GetProperty("mark").GetProperty("name").GetString(), Is.EqualTo(flushedFirst ? "reached" : "flushed"));
    }

    [Test]
    public async Task Hanging_up_lets_everything_on_the_line_arrive_first()
    {
        await using var caller = await DialAsync(new() { UpDelayMs = 500 });
        await PassAsync(caller, 100);
        await caller.HangUpAsync();
        Assert.That(caller.Record.SentFrames, Has.Count.EqualTo(5));
        await (await _bridge.StreamAsync()).UntilAsync("stop");
    }

    [Test]
    public async Task In_real_time_the_line_is_as_slow()
    {
        await using var caller = await DialAsync(new() { UpDelayMs = 100, DownDelayMs = 50 }, Pacing.RealTime);
        var stream = await StartedAsync();
        var sent = caller.Clock.GetTimestamp();
        await stream.PlayAsync(Speech.Tone(20));
        await caller.WaitForMediaAsync(160, ModelClient.Limit());
        Assert.That(caller.Clock.GetElapsedTime(sent), Is.GreaterThan(TimeSpan.FromMilliseconds(49)));
        await stream.UntilAsync("media");
        // The first frame is said after 20 ms, or some milliseconds less: the system's timers tick in steps.
        Assert.That(caller.Clock.GetElapsedTime(caller.StartedAt), Is.GreaterThan(TimeSpan.FromMilliseconds(100)));
    }

    private static Task PassAsync(FakeCaller caller, int milliseconds) => caller.PassAsync(TimeSpan.FromMilliseconds(milliseconds), ModelClient.Limit());

    private static int Ms(FakeCaller caller, long at) => (int)caller.Clock.GetElapsedTime(caller.StartedAt, at).TotalMilliseconds;

    private static Task ReadAsync(FakeCaller caller, int messages) =>
        caller.Playout.WaitUntilAsync(_ => caller.Record.Received.Count >= messages, ModelClient.Limit());

    private async Task<StandInBridge.Stream> StartedAsync()
    {
        var stream = await _bridge.StreamAsync();
        await stream.UntilAsync("start");
        return stream;
    }

    private Task<FakeCaller> DialAsync(LineConditions line, Pacing pacing = Pacing.Manual, Uri? webhook = null) =>
        FakeCaller.DialAsync(new FakeCallerOptions { Webhook = webhook ?? _bridge.Webhook, Pacing = pacing, Line = line }, ModelClient.Limit());
}
