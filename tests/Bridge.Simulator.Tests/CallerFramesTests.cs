using System.Text.Json;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Tests;

/// <summary>Frames as they should not be.</summary>
internal sealed class CallerFramesTests
{
    private StandInBridge _bridge = null!;
    private FakeCaller _caller = null!;
    private StandInBridge.Stream _stream = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bridge = await StandInBridge.StartAsync();
        _caller = await FakeCaller.DialAsync(new FakeCallerOptions { Webhook = _bridge.Webhook, Pacing = Pacing.Manual }, ModelClient.Limit());
        _stream = await _bridge.StreamAsync();
    }

    [TearDown]
    public async Task TearDown()
    {
        await _caller.DisposeAsync();
        await _bridge.DisposeAsync();
    }

    [Test]
    public async Task A_frame_can_come_twice_to_the_letter()
    {
        await _caller.StepAsync();
        await _caller.RepeatFrameAsync();
        await _caller.StepAsync();
        Assert.That(await FramesAsync(3), Is.EqualTo(new[] { ("2", "1", "120"), ("2", "1", "120"), ("3", "2", "140") }));
        Assert.That(_caller.Record.SentBytes, Is.EqualTo(480));
    }

    [Test]
    public async Task A_frame_can_come_late_and_the_others_keep_their_time()
    {
        await _caller.StepAsync(2);
        await _caller.SendLateFrameAsync(60);
        await _caller.StepAsync();
        Assert.That(await FramesAsync(4), Is.EqualTo(new[] { ("2", "1", "120"), ("3", "2", "140"), ("4", "3", "80"), ("5", "4", "160") }));
    }

    [Test]
    public async Task Timestamps_can_begin_again()
    {
        await _caller.StepAsync(2);
        _caller.Frames.RestartTimestamps();
        await _caller.StepAsync(2);
        Assert.That((await FramesAsync(4)).Select(frame => frame.Timestamp), Is.EqualTo(new[] { "120", "140", "0", "20" }));
    }

    [TestCase(true, "200")]
    [TestCase(false, "140")]
    public async Task In_a_pause_nothing_is_sent_and_no_number_is_used(bool timestampsGoOn, string next)
    {
        await _caller.StepAsync();
        _caller.Frames.Pause(60, timestampsGoOn);
        await _caller.StepAsync(4);
        Assert.That(await FramesAsync(2), Is.EqualTo(new[] { ("2", "1", "120"), ("3", "2", next) }));
        Assert.That(_caller.Playout.NowSamples, Is.EqualTo(800), "time has passed all the same");
    }

    [Test]
    public async Task What_is_said_in_a_pause_is_lost_unless_time_stood_still()
    {
        var speech = Speech.Tone(80);
        _caller.Frames.Pause(40);
        _ = _caller.SpeakAsync(speech);
        await _caller.StepAsync(4);
        Assert.That(_caller.Record.SentAudio(), Is.EqualTo(speech[320..]));
        _caller.Frames.Pause(40, timestampsGoOn: false);
        _ = _caller.SpeakAsync(speech);
        await _caller.StepAsync(6);
        Assert.That(_caller.Record.SentAudio()[320..], Is.EqualTo(speech));
    }

    [Test]
    public async Task A_timestamp_can_be_spoilt([Values("", "abc", "-20", "99999999999999999999")] string timestamp)
    {
        _caller.Frames.SpoilTimestamps(timestamp, 1);
        await _caller.StepAsync(2);
        Assert.That((await FramesAsync(2)).Select(frame => frame.Timestamp), Is.EqualTo(new[] { timestamp, "140" }));
    }

    private async Task<List<(string Sequence, string Chunk, string Timestamp)>> FramesAsync(int count)
    {
        var frames = new List<(string, string, string)>();
        while (frames.Count < count)
        {
            var message = await _stream.UntilAsync("media");
            var media = message.GetProperty("media");
            frames.Add((Text(message, "sequenceNumber"), Text(media, "chunk"), Text(media, "timestamp")));
        }

        return frames;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
