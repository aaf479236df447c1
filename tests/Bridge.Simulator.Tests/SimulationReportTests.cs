using System.Text.Json;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Tests;

/// <summary>The report on a call whose bridge is the test itself, once right and then wrong in every way the report is for.</summary>
internal sealed class SimulationReportTests
{
    private StandInBridge _bridge = null!;
    private StandInBridge.Stream _stream = null!;
    private FakeCaller _caller = null!;
    private ModelClient _model = null!;
    private FakeConversation _session = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bridge = await StandInBridge.StartAsync();
        _caller = await FakeCaller.DialAsync(new FakeCallerOptions { Webhook = _bridge.Webhook, Pacing = Pacing.Manual });
        _stream = await _bridge.StreamAsync();
        await _stream.UntilAsync("start");
        _model = await ModelClient.OpenAsync(new FakeModelOptions { Answers = [] });
        _session = _model.Session;
    }

    [TearDown]
    public async Task TearDown()
    {
        await _caller.DisposeAsync();
        await _model.DisposeAsync();
        await _bridge.DisposeAsync();
    }

    [Test]
    public async Task Items_cut_where_they_were_heard_are_right()
    {
        await InterruptedAsync(first: 500, second: 0);
        var report = Report();
        Assert.That(report.Problems(), Is.Empty);
        Assert.That(
            report.Interrupted.Select(item => (item.Interruption, item.GeneratedMs, item.HeardMs, item.ToldMs)),
            Is.EqualTo(new[] { (1, 1000, 500, (int?)500), (1, 400, 0, 0) }));
    }

    [TestCase(460, 0, true)]
    [TestCase(459, 0, false)]
    [TestCase(541, 0, false)]
    [TestCase(500, 41, false)]
    [TestCase(500, null, false)]
    [TestCase(null, 0, false)]
    public async Task An_item_cut_somewhere_else_or_not_at_all_is_wrong(int? first, int? second, bool right)
    {
        await InterruptedAsync(first, second);
        Assert.That(Report().IsRight, Is.EqualTo(right));
    }

    [Test]
    public async Task An_item_heard_to_its_end_must_not_be_truncated()
    {
        await InterruptedAsync(500, 0);
        var audio = await RespondAsync(ModelAnswer.Tones(200));
        await PlayAsync(audio, frames: 10);
        Assert.That(Report().IsRight, Is.True);
        await TruncateAsync(_session.Ledger[2], 200);
        Assert.That(Report().Problems().Single(), Does.Contain("heard to its end and yet truncated"));
    }

    [Test]
    public async Task Each_item_is_listed_with_the_interruption_that_cut_it()
    {
        await InterruptedAsync(500, 0);
        await PlayAsync(await RespondAsync(ModelAnswer.Tones(200, 600)), frames: 15);
        await _stream.ClearAsync();
        await _caller.WaitForClearAsync(2, ModelClient.Limit());
        await TruncateAsync(_session.Ledger[3], 100);
        var report = new SimulationReport(_caller, _session, [Turn, Turn], TimeSpan.Zero);
        Assert.That(report.Problems(), Is.Empty);
        Assert.That(report.Interrupted.Select(item => item.Interruption), Is.EqualTo(new[] { 1, 1, 2 }));
    }

    [Test]
    public async Task Audio_played_after_it_was_cut_is_wrong()
    {
        await InterruptedAsync(500, 0);
        await _session.SendLateDeltaAsync(_session.Ledger[1]);
        var late = await _model.UntilAsync("response.output_audio.delta");
        await _stream.PlayAsync(late.GetProperty("delta").GetBytesFromBase64());
        await _caller.Playout.WaitUntilAsync(playout => playout.BlocksAfterClear == 1, ModelClient.Limit());
        Assert.That(Report().Problems(), Has.Some.Contains("out of order or too late"));
    }

    [Test]
    public async Task Sockets_left_open_and_an_interruption_without_effect_are_wrong()
    {
        await InterruptedAsync(500, 0);
        var report = new SimulationReport(_caller, _session, [Turn, Turn], closing: null);
        Assert.That(report.Problems().Count(), Is.EqualTo(3));
    }

    [Test]
    public async Task The_report_prints_what_was_told_against_what_was_heard()
    {
        await InterruptedAsync(530, 0);
        var text = new StringWriter();
        Report().Print(text);
        Assert.That(text.ToString(), Does.Match(@"1, after generating +\d+ +1000 ms +500 ms +530 ms +\+30 ms").And.Contain("was right"));
    }

    [Test]
    public async Task The_report_does_not_take_the_wait_for_silence_for_a_part_of_the_answers_delay()
    {
        await InterruptedAsync(500, 0);
        var text = new StringWriter();
        Report().Print(text);
        Assert.That(text.ToString(), Does.Contain("of quiet, counted from the last loud frame)").And.Not.Contain("of which"));
    }

    private static CallScript.Turn Turn => new("caller-wait", 0, 1, 1, false);

    private SimulationReport Report() => new(_caller, _session, [Turn], TimeSpan.Zero);

    // Two items are queued, half of the first is heard, the line is cleared, and the model is told something.
    private async Task InterruptedAsync(int? first, int? second)
    {
        var audio = await RespondAsync(ModelAnswer.Tones(1000, 400));
        await PlayAsync(audio, frames: 25);
        await _stream.ClearAsync();
        await _caller.WaitForClearAsync(1, ModelClient.Limit());
        await TruncateAsync(_session.Ledger[0], first);
        await TruncateAsync(_session.Ledger[1], second);
    }

    // Carries audio to the caller, lets time pass, and carries the caller's frames to the model.
    private async Task PlayAsync(byte[] audio, int frames)
    {
        var (received, sent) = (_caller.Playout.ReceivedSamples, (int)_caller.Record.SentBytes);
        await _stream.PlayAsync(audio);
        await _caller.WaitForMediaAsync(received + audio.Length, ModelClient.Limit());
        await _caller.StepAsync(frames);
        await _model.AppendAsync(_caller.Record.SentAudio()[sent..]);
        await _session.WaitForAudioAsync(_caller.Record.SentBytes, ModelClient.Limit());
    }

    private async Task<byte[]> RespondAsync(ModelAnswer answer)
    {
        _ = _session.RespondAsync(answer);
        var events = await _model.AllUntilAsync("response.done");
        return [.. events.Where(IsAudio).SelectMany(message => message.GetProperty("delta").GetBytesFromBase64())];
    }

    private async Task TruncateAsync(LedgerItem item, int? milliseconds)
    {
        if (milliseconds is not { } end)
            return;
        await _model.SendAsync($$"""{"type":"conversation.item.truncate","item_id":"{{item.ItemId}}","content_index":0,"audio_end_ms":{{end}}}""");
        await _model.UntilAsync("conversation.item.truncated");
    }

    private static bool IsAudio(JsonElement message) => message.GetProperty("type").GetString() == "response.output_audio.delta";
}
