using System.Net.WebSockets;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

/// <summary>How long the caller was left alone, to the millisecond of virtual time.</summary>
internal sealed class SilenceMeterTests
{
    private StandInService _service = null!;

    [SetUp]
    public async Task SetUp() => _service = await StandInService.StartAsync(StandInService.Connect());

    [TearDown]
    public Task TearDown() => _service.DisposeAsync().AsTask();

    [Test]
    public async Task Silence_counts_from_the_streams_beginning_to_the_first_sound()
    {
        await using var caller = await _service.CallAsync();
        var meter = new SilenceMeter(caller);
        await PassAsync(caller, 1500);
        await PlayAsync(caller, 400);
        await PassAsync(caller, 400);
        meter.CallersTurn();
        await PassAsync(caller, 5000);
        Assert.That(meter.Longest.TotalMilliseconds, Is.EqualTo(1500));
        var stretch = meter.Stretches.Single();
        Assert.That(stretch.Place, Is.EqualTo("in stream 1, at the turn's beginning"));
        Assert.That(stretch.ToString(), Does.StartWith("1500 ms of silence from 0 ms on"));
    }

    [Test]
    public async Task Silence_between_two_pieces_of_an_answer_counts_and_while_it_lasts_too()
    {
        await using var caller = await _service.CallAsync();
        var meter = new SilenceMeter(caller);
        await PlayAsync(caller, 200);
        await PassAsync(caller, 1400);
        await PlayAsync(caller, 200);
        await PassAsync(caller, 1200);
        meter.AssistantsTurn(); // As it was already.
        await PassAsync(caller, 1000);
        Assert.That(meter.Stretches.Select(stretch => (stretch.Length.TotalMilliseconds, stretch.Began.TotalMilliseconds)), Is.EqualTo(new[] { (1200, 200), (2000, 1600) }));
        Assert.That(meter.Longest.TotalMilliseconds, Is.EqualTo(2000));
    }

    [Test]
    public async Task The_callers_own_silence_and_speech_do_not_count_but_what_follows_its_last_frame_does()
    {
        await using var caller = await _service.CallAsync();
        var meter = new SilenceMeter(caller);
        meter.CallersTurn();
        await PassAsync(caller, 4000);
        var said = caller.SpeakAsync(Speech.Tone(2000));
        await PassAsync(caller, 2000);
        await said;
        await PassAsync(caller, 1300);
        await PlayAsync(caller, 100);
        await PassAsync(caller, 100);
        meter.CallersTurn();
        await PassAsync(caller, 2000);
        Assert.That(meter.Stretches.Select(stretch => stretch.Length.TotalMilliseconds), Is.EqualTo(new[] { 1300 }));
        meter.AssistantsTurn();
        await PassAsync(caller, 1700);
        Assert.That(meter.Longest.TotalMilliseconds, Is.EqualTo(1700));
    }

    [Test]
    public async Task Who_begins_to_speak_ends_the_assistants_turn()
    {
        await using var caller = await _service.CallAsync();
        var meter = new SilenceMeter(caller);
        await PassAsync(caller, 980);
        _ = caller.SpeakAsync(Speech.Tone(4000));
        await PassAsync(caller, 3000);
        Assert.That(meter.Longest.TotalMilliseconds, Is.EqualTo(1000), "to its first frame");
    }

    [Test]
    public async Task What_lies_between_two_streams_counts_until_a_sentence_or_a_sound()
    {
        _service.On("/after", $"<Response><Pause length=\"2\"/><Say>One moment</Say>{StandInService.Connect()["<Response>".Length..]}");
        await using var caller = await _service.CallAsync();
        var meter = new SilenceMeter(caller);
        await PlayAsync(caller, 3000);
        await PassAsync(caller, 500);
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.AllStreams[0].Ended.WaitAsync(ModelClient.Limit());
        Assert.That(await caller.PassUntilAsync(() => caller.Streams == 2, TimeSpan.FromSeconds(5)), Is.True);
        await PassAsync(caller, 1200);
        await PlayAsync(caller, 100, 2);
        await PassAsync(caller, 100);
        meter.CallersTurn();
        Assert.That(
            meter.Stretches.Select(stretch => (stretch.Length.TotalMilliseconds, stretch.Place)),
            Is.EqualTo(new[] { (2000, "from after stream 1 to in stream 2"), (1200, "in stream 2") }));
    }

    [Test]
    public async Task A_sentence_that_takes_its_time_is_no_silence()
    {
        _service.On("/after", "<Response><Say>0123456789012345678901234567890123456789</Say><Pause length=\"2\"/><Hangup/></Response>");
        await using var caller = await _service.CallAsync(options => options with { SayMsPerCharacter = 60 });
        var meter = new SilenceMeter(caller);
        await (await _service.StreamAsync()).CloseAsync(WebSocketCloseStatus.NormalClosure);
        await caller.WaitUntilAsync(c => c.Sentences.Count == 1, ModelClient.Limit());
        Assert.That(await caller.PassUntilAsync(() => caller.HowItEnded is not null, TimeSpan.FromSeconds(8)), Is.True);
        await PassAsync(caller, 5000);
        Assert.That(meter.Stretches.Select(stretch => (stretch.Length.TotalMilliseconds, stretch.Began.TotalMilliseconds)), Is.EqualTo(new[] { (2000, 2400) }));
    }

    [Test]
    public async Task Silence_ends_when_the_caller_hangs_up()
    {
        var answer = new TaskCompletionSource();
        _service.On("/after", _ => answer.Task);
        await using var caller = await _service.CallAsync();
        var meter = new SilenceMeter(caller);
        await PassAsync(caller, 700);
        await caller.HangUpAsync();
        await PassAsync(caller, 2000);
        answer.SetResult();
        await caller.CallEnded.WaitAsync(ModelClient.Limit());
        await PassAsync(caller, 5000);
        Assert.That(meter.Longest.TotalMilliseconds, Is.EqualTo(700), "and not when the action was told");
    }

    [Test]
    public async Task In_real_time_silence_is_measured_too()
    {
        await using var caller = await _service.CallAsync(options => options with { Pacing = Pacing.RealTime });
        var meter = new SilenceMeter(caller);
        var stream = await _service.StreamAsync();
        for (var i = 0; i < 5; i++)
            await stream.UntilAsync("media");
        meter.CallersTurn();
        var longest = meter.Longest;
        Assert.That(longest.TotalMilliseconds, Is.InRange(80, 5000));
        await stream.UntilAsync("media");
        Assert.That(meter.Longest, Is.EqualTo(longest));
    }

    private static Task PassAsync(FakeCaller caller, int milliseconds) => caller.PassAsync(TimeSpan.FromMilliseconds(milliseconds), ModelClient.Limit());

    // Puts so much into the play-out of the latest stream, as if the bridge had sent it at this instant.
    private static async Task PlayAsync(FakeCaller caller, int milliseconds, int number = 1)
    {
        await caller.WaitForStreamAsync(number, ModelClient.Limit());
        caller.Playout.Enqueue(Speech.Tone(milliseconds));
    }
}
