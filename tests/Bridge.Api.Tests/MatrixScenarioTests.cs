using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>What has gone wrong with other bridges at an interruption, each as it was told, in virtual time.</summary>
[CancelAfter(30_000)]
public sealed class MatrixScenarioTests
{
    [Test]
    public async Task An_interruption_after_generation_ended_clears_once_and_truncates_each_item_at_its_own_position(CancellationToken cancel)
    {
        // Ten seconds of audio in one second, all of it generated, three seconds heard.
        var greeting = ModelAnswer.Tones(7000, 3000) with { Speed = 10 };
        await using var call = await MatrixScenarioCall.StartAsync(new() { Greeting = greeting, Answers = [] }, cancel);
        await call.HearAsync(3000);
        Assert.That(call.Session.ActiveResponseId, Is.Null);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(1000);

        var kinds = call.Caller.Record.Received.Select(message => message.Kind).ToList();
        var heard = call.Caller.Clears.Single().Items[0].HeardMs;
        Assert.That(heard, Is.EqualTo(3000).Within(1));
        Assert.That(call.Told(0), Is.EqualTo(heard).Within(20));
        Assert.That(call.Told(1), Is.Zero);
        Assert.That(call.Session.Received.Select(e => e.Type), Does.Not.Contain("response.cancel"));
        Assert.That(kinds.SkipWhile(kind => kind != BridgeMessageKind.Clear), Does.Not.Contain(BridgeMessageKind.Media));
        call.NothingIsWrong();
    }

    [Test]
    public async Task The_model_is_never_told_of_more_than_was_sent_however_late_it_is(CancellationToken cancel)
    {
        // 9240 ms came, then the model stood still for the better part of a minute.
        var greeting = ModelAnswer.Tones(12_000) with { HoldAfterMs = 9240, DeltaMs = 440 };
        await using var call = await MatrixScenarioCall.StartAsync(new() { Greeting = greeting, Answers = [] }, cancel);
        await call.PassAsync(57_340);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(100);

        Assert.That(call.Told(0), Is.EqualTo(9240));
        call.NothingIsWrong();
    }

    [Test]
    public async Task What_was_heard_to_its_end_is_not_truncated(CancellationToken cancel)
    {
        await using var call = await MatrixScenarioCall.StartAsync(new() { Greeting = ModelAnswer.Tones(900), Answers = [] }, cancel);
        await call.HearAsync(900);
        await call.PassAsync(40);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(100);

        Assert.That(call.Caller.Clears, Is.Empty);
        Assert.That(call.Told(0), Is.Null);
        call.NothingIsWrong();
    }

    [Test]
    public async Task After_a_change_of_item_the_position_is_that_of_the_new_item(CancellationToken cancel)
    {
        await using var call = await MatrixScenarioCall.StartAsync(new() { Greeting = ModelAnswer.Tones(1500, 4000), Answers = [] }, cancel);
        await call.HearAsync(2300);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(100);

        Assert.That(call.Told(0), Is.Null);
        Assert.That(call.Told(1), Is.EqualTo(800).Within(20));
        call.NothingIsWrong();
    }

    [Test]
    public async Task An_interruption_before_the_first_delta_truncates_nothing_and_the_next_turn_is_spoken(
        [Values(0, 60)] int delay, CancellationToken cancel)
    {
        var held = ModelAnswer.Tones(1000) with { HoldAfterMs = 0 };
        var model = new FakeModelOptions { Greeting = held, Answers = [ModelAnswer.Tones(400)], LateDeltas = 0 };
        await using var call = await MatrixScenarioCall.StartAsync(model, cancel, new() { UpDelayMs = delay, DownDelayMs = delay });
        await call.PassAsync(200);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(300);
        await call.Session.SpeechStoppedAsync();
        await call.HearAsync(400);

        Assert.That(call.Session.Received.Select(e => e.Type), Does.Not.Contain("conversation.item.truncate"));
        Assert.That(call.Caller.Clears, Is.Empty);
        Assert.That(call.Caller.Playout.Item(call.Session.Ledger[1].Ordinal).HeardMs, Is.EqualTo(400));
        call.NothingIsWrong();
    }

    [Test]
    public async Task An_interruption_between_two_items_truncates_neither(CancellationToken cancel)
    {
        // The second is announced, and nothing of it was sent.
        var greeting = ModelAnswer.Tones(600, 600) with { HoldAfterMs = 600 };
        await using var call = await MatrixScenarioCall.StartAsync(new() { Greeting = greeting, Answers = [], LateDeltas = 0 }, cancel);
        await call.HearAsync(600);
        await call.PassAsync(200);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(100);

        Assert.That(call.Session.Received.Select(e => e.Type), Does.Not.Contain("conversation.item.truncate"));
        Assert.That(call.Caller.Clears, Is.Empty);
        call.NothingIsWrong();
    }

    [Test]
    public async Task Speech_during_a_response_without_audio_truncates_nothing(CancellationToken cancel)
    {
        var model = new FakeModelOptions { Greeting = ModelAnswer.Tones(600), Answers = [ModelAnswer.ToolOnly with { HoldAfterMs = 0 }] };
        await using var call = await MatrixScenarioCall.StartAsync(model, cancel);
        await call.HearAsync(600);
        await call.Session.SpeechStartedAsync();
        await call.Session.SpeechStoppedAsync();
        await call.PassAsync(200);
        Assert.That(call.Session.ActiveResponseId, Is.Not.Null);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(100);

        Assert.That(call.Told(0), Is.Null);
        Assert.That(call.Caller.Clears, Is.Empty);
        call.NothingIsWrong();
    }

    [Test]
    public async Task Two_interruptions_in_50_ms_are_one(CancellationToken cancel)
    {
        await using var call = await MatrixScenarioCall.StartAsync(new() { Greeting = ModelAnswer.Tones(3000) with { Speed = 1 }, Answers = [] }, cancel);
        await call.HearAsync(1000);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(50);
        await call.Session.SpeechStartedAsync();
        await call.PassAsync(100);

        Assert.That(call.Told(0), Is.EqualTo(call.Caller.Clears.Single().Items[0].HeardMs).Within(20));
        Assert.That(call.Session.Received.Count(e => e.Type == "conversation.item.truncate"), Is.EqualTo(1));
        call.NothingIsWrong();
    }

    [Test]
    public async Task Audio_that_comes_only_after_the_interruption_is_neither_heard_nor_remembered(CancellationToken cancel)
    {
        var model = new FakeModelOptions { Greeting = ModelAnswer.Tones(1000) with { HoldAfterMs = 0 }, Answers = [], LateDeltas = 2 };
        await using var call = await MatrixScenarioCall.StartAsync(model, cancel);
        await call.PassAsync(200);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(300);

        Assert.That(call.Caller.Playout.ReceivedSamples, Is.Zero);
        Assert.That(call.Session.Ledger[0].GeneratedMs, Is.EqualTo(400));
        Assert.That(call.Session.Ledger[0].RememberedMs, Is.Zero);
        call.NothingIsWrong();
    }

    [Test]
    public async Task Marks_that_a_clear_returned_do_not_move_what_was_heard_of_the_next_answer(
        [Values] bool flushedFirst, CancellationToken cancel)
    {
        // The flushed marks come back while the next answer is being heard.
        var model = new FakeModelOptions { Greeting = ModelAnswer.Tones(5000), Answers = [ModelAnswer.Tones(6000)] };
        var line = new LineConditions { UpDelayMs = 60, DownDelayMs = 60, MarkHoldMs = 400, ClearReturnsMarksFirst = flushedFirst };
        await using var call = await MatrixScenarioCall.StartAsync(model, cancel, line);
        await call.HearAsync(1234);
        await call.Session.SpeechStartedAsync();
        await call.PassAsync(100);
        await call.Session.SpeechStoppedAsync();
        await call.PassAsync(777);

        await call.Session.SpeechStartedAsync();
        await call.PassAsync(100);

        var clears = call.Caller.Clears;
        Assert.That(clears, Has.Count.EqualTo(2));
        Assert.That(call.Told(0), Is.EqualTo(clears[0].Items[0].HeardMs).Within(20));
        Assert.That(call.Told(1), Is.EqualTo(clears[1].Items[1].HeardMs).Within(20).And.EqualTo(777).Within(21));
        call.NothingIsWrong();
    }

    [Test]
    public async Task What_the_caller_says_before_the_model_is_ready_reaches_it_whole_and_in_order(CancellationToken cancel)
    {
        var ready = new TaskCompletionSource();
        // A model that does not notice speech: what was said early would else interrupt the greeting, sooner or later.
        var model = new FakeModelOptions { Greeting = ModelAnswer.Tones(500), Answers = [], VadOnsetMs = 60_000, BeforeUpdated = ready.Task.WaitAsync };
        await using var call = await MatrixScenarioCall.StartAsync(model, cancel, opened: false);
        var said = call.Caller.SpeakAsync(Speech.CallerHello()[..8000]);
        await call.PassAsync(1500);
        await said;
        Assert.That(call.Session.Record.AudioBytes, Is.Zero, "before the format is agreed nothing may be sent");
        Assert.That(call.Caller.Record.Received, Is.Empty);

        ready.SetResult();
        await call.Session.WaitForAsync("response.create", 1, cancel);
        await call.PassAsync(600);

        Assert.That(call.Session.Record.Audio(), Is.EqualTo(call.Caller.Record.SentAudio()));
        var first = call.Caller.Record.Received.First(message => message.Kind == BridgeMessageKind.Media).At;
        Assert.That(call.Caller.Clock.GetElapsedTime(call.Session.ConfiguredAt!.Value, first), Is.LessThan(TimeSpan.FromMilliseconds(20)));
        call.NothingIsWrong();
    }

    [Test]
    public async Task A_model_that_does_not_take_the_format_is_never_heard(CancellationToken cancel)
    {
        await using var call = await MatrixScenarioCall.StartAsync(new() { IgnorePcmu = true }, cancel, opened: false);
        await call.Caller.Ended.WaitAsync(cancel);
        Assert.That(call.Caller.Record.Received, Is.Empty);
        Assert.That(call.Session.Record.AudioBytes, Is.Zero);
    }
}
