using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.Playback;
using Bridge.Domain.Turns;
using Bridge.Infrastructure.Realtime.Echo;

namespace Bridge.Infrastructure.Tests;

public sealed class EchoRealtimeSessionTests
{
    private static readonly byte[] Greeting = PhoneSound.Tone(250, 5000);

    private EchoRealtimeSession _session = null!;

    [SetUp]
    public void SetUp() => _session = new EchoRealtimeSession("echo_1", Greeting, new TurnDetectionOptions { PrefixPaddingMs = 300, SilenceDurationMs = 500 });

    [TearDown]
    public async Task TearDown() => await _session.DisposeAsync();

    [Test]
    public async Task It_greets_when_asked_as_a_response_of_one_item()
    {
        await _session.CreateResponseAsync(new ResponseRequest(7, "Say hello."), CancellationToken.None);
        var events = await AllEventsAsync();

        Assert.That(
            events.Select(e => e.Kind),
            Is.EqualTo(new[]
            {
                RealtimeEventKind.ResponseStarted, RealtimeEventKind.AudioDelta, RealtimeEventKind.AudioDelta, RealtimeEventKind.AudioDelta,
                RealtimeEventKind.ItemFinished, RealtimeEventKind.ResponseFinished,
            }));
        Assert.That(events.Select(e => e.ResponseId).Distinct(), Has.Exactly(1).Items);
        Assert.That(events.Where(e => e.Item.ItemId is not null).Select(e => e.Item).Distinct(), Has.Exactly(1).Items);
        Assert.That(Audio(events), Is.EqualTo(Greeting));
        Assert.That(events[0].Request, Is.EqualTo(7), "it answers the request");
    }

    [Test]
    public async Task It_says_nothing_before_it_is_asked_or_spoken_to()
    {
        await HearAsync(PhoneSound.Silence(5000));

        Assert.That(await AllEventsAsync(), Is.Empty);
    }

    [Test]
    public async Task It_repeats_what_was_said_with_a_little_of_what_came_before()
    {
        byte[] said = [.. PhoneSound.Silence(2000), .. PhoneSound.Tone(600), .. PhoneSound.Silence(1000)];
        await HearAsync(said);
        var repeated = Audio(await AllEventsAsync());
        var from = said.AsSpan().IndexOf(repeated);

        Assert.That(from, Is.InRange(1700 * 8, 1800 * 8), "200 to 300 ms before the tone");
        Assert.That(from + repeated.Length, Is.EqualTo(3100 * 8), "to the end of the silence that ended the turn");
    }

    [Test]
    public async Task It_reports_that_speech_began_and_ended_before_it_answers()
    {
        await HearAsync([.. PhoneSound.Silence(500), .. PhoneSound.Tone(600), .. PhoneSound.Silence(600)]);
        var kinds = (await AllEventsAsync()).Select(e => e.Kind).ToList();

        Assert.That(kinds.Take(3), Is.EqualTo(new[] { RealtimeEventKind.SpeechStarted, RealtimeEventKind.SpeechStopped, RealtimeEventKind.ResponseStarted }));
        Assert.That(kinds[^1], Is.EqualTo(RealtimeEventKind.ResponseFinished));
    }

    [Test]
    public async Task An_answer_to_what_was_said_answers_no_request()
    {
        await HearAsync([.. PhoneSound.Tone(600), .. PhoneSound.Silence(600)]);

        Assert.That((await AllEventsAsync()).Single(e => e.Kind == RealtimeEventKind.ResponseStarted).Request, Is.Null);
    }

    [Test]
    public async Task Speech_is_reported_while_it_lasts()
    {
        await HearAsync(PhoneSound.Tone(200));

        Assert.That((await AllEventsAsync()).Select(e => e.Kind), Is.EqualTo(new[] { RealtimeEventKind.SpeechStarted }));
    }

    [Test]
    public async Task Two_turns_are_two_answers_and_the_second_has_nothing_of_the_first()
    {
        await HearAsync([.. PhoneSound.Tone(1000), .. PhoneSound.Silence(2000), .. PhoneSound.Noise(300, 20_000), .. PhoneSound.Silence(1000)]);
        var events = await AllEventsAsync();
        var answers = events.Where(e => e.Kind == RealtimeEventKind.AudioDelta).GroupBy(e => e.ResponseId).Select(g => Audio([.. g])).ToList();

        Assert.That(answers, Has.Count.EqualTo(2));
        Assert.That(answers[0].Length, Is.EqualTo(1500 * 8));
        Assert.That(answers[1].Length, Is.InRange(1000 * 8, 1100 * 8), "up to 300 ms before, 300 ms of noise, 500 ms of silence");
    }

    [Test]
    public async Task A_turn_that_does_not_end_is_kept_for_a_minute_at_most()
    {
        byte[] sentence = [.. PhoneSound.Tone(900), .. PhoneSound.Silence(100)];
        for (var second = 0; second < 90; second++)
            await HearAsync(sentence);
        await HearAsync(PhoneSound.Silence(1000));

        Assert.That(Audio(await AllEventsAsync()), Has.Length.EqualTo(60_000 * 8));
    }

    [Test]
    public async Task No_id_is_used_twice_in_a_session_or_in_another()
    {
        var client = new EchoRealtimeClient();
        var settings = new RealtimeSessionSettings("x", null, null, new TurnDetectionOptions());
        var responses = new List<string>();
        var items = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            await using var session = (EchoRealtimeSession)await client.CreateSessionAsync(settings, CancellationToken.None);
            await session.CreateResponseAsync(new ResponseRequest(1, null), CancellationToken.None);
            await session.CreateResponseAsync(new ResponseRequest(2, null), CancellationToken.None);
            await session.DisposeAsync();
            var started = (await AllEventsAsync(session)).Where(e => e.Kind is RealtimeEventKind.ResponseStarted or RealtimeEventKind.ItemFinished).ToList();
            responses.AddRange(started.Where(e => e.Kind == RealtimeEventKind.ResponseStarted).Select(e => e.ResponseId!));
            items.AddRange(started.Where(e => e.Kind == RealtimeEventKind.ItemFinished).Select(e => e.Item.ItemId));
        }

        Assert.That(responses, Is.Unique.And.Count.EqualTo(6));
        Assert.That(items, Is.Unique.And.Count.EqualTo(6));
    }

    [Test]
    public async Task The_greeting_of_the_product_is_a_few_seconds_of_speech()
    {
        await using var session = await new EchoRealtimeClient().CreateSessionAsync(new RealtimeSessionSettings("x", null, null, new TurnDetectionOptions()), CancellationToken.None);
        await session.CreateResponseAsync(new ResponseRequest(1, null), CancellationToken.None);
        await session.DisposeAsync();
        var audio = Audio(await AllEventsAsync(session));

        Assert.That(audio.Length / 8, Is.InRange(2000, 10_000));
        Assert.That(audio.Count(sample => sample is not (0xFF or 0x7F)), Is.GreaterThan(audio.Length / 4), "a file of silence would greet nobody");
    }

    [Test]
    public void Its_voice_detection_counts_samples() => Assert.That(_session.Capabilities.NeedsSteadyAudio, Is.True);

    [Test]
    public async Task There_is_nothing_to_shorten_or_to_stop()
    {
        await _session.CancelResponseAsync("x", CancellationToken.None);
        await _session.TruncateAsync(new Truncation(new ItemKey("x", 0), 0, 1), CancellationToken.None);

        Assert.That(await AllEventsAsync(), Is.Empty);
    }

    /// <summary>In frames of a length that no block is a multiple of.</summary>
    private async Task HearAsync(byte[] sound)
    {
        foreach (var frame in sound.Chunk(137))
            await _session.AppendAudioAsync(frame, CancellationToken.None);
    }

    private async Task<List<RealtimeEvent>> AllEventsAsync()
    {
        await _session.DisposeAsync();
        return await AllEventsAsync(_session);
    }

    private static async Task<List<RealtimeEvent>> AllEventsAsync(IRealtimeSession session)
    {
        var events = new List<RealtimeEvent>();
        await foreach (var e in session.ReadEventsAsync(CancellationToken.None))
            events.Add(e);
        return events;
    }

    private static byte[] Audio(List<RealtimeEvent> events) => [.. events.Where(e => e.Kind == RealtimeEventKind.AudioDelta).SelectMany(e => e.Audio.ToArray())];
}
