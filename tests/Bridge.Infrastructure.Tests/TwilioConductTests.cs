using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Infrastructure.Tests;

/// <summary>What a media stream should not do: a little of it is weather and is counted, much of it ends the stream.</summary>
public sealed class TwilioConductTests : IDisposable
{
    private const string Malformed = "{ no JSON";

    private readonly TwilioTestStream _stream = new();

    public void Dispose() => _stream.Dispose();

    [Test]
    public async Task Fifty_malformed_messages_in_ten_seconds_are_weather_and_one_more_is_somebody_else()
    {
        await _stream.StartAsync();
        await _stream.TakesAsync(Enumerable.Repeat(Malformed, 50));

        Assert.That(_stream.Skips.Malformed, Is.EqualTo(50));
        await _stream.EndsAsync(WebSocketCloseStatus.PolicyViolation, Malformed);
    }

    [TestCase(9_999, true)]
    [TestCase(10_000, false)]
    public async Task The_ten_seconds_are_the_last_ones(int later, bool isOver)
    {
        await _stream.StartAsync();
        await _stream.TakesAsync(Enumerable.Repeat(Malformed, 25));
        _stream.Time.Advance(TimeSpan.FromMilliseconds(5_000));
        await _stream.TakesAsync(Enumerable.Repeat(Malformed, 25));
        _stream.Time.Advance(TimeSpan.FromMilliseconds(later - 5_000));

        if (isOver)
            await _stream.EndsAsync(WebSocketCloseStatus.PolicyViolation, Malformed);
        else
            await _stream.TakesAsync(Enumerable.Repeat(Malformed, 25));
    }

    [Test]
    public async Task A_thousand_malformed_messages_over_a_long_call_are_weather()
    {
        await _stream.StartAsync();
        for (var i = 0; i < 1_000; i++)
        {
            await _stream.TakesAsync([Malformed]);
            _stream.Time.Advance(TimeSpan.FromMilliseconds(200));
        }

        Assert.That(_stream.Skips.Malformed, Is.EqualTo(1_000));
    }

    [Test]
    public async Task Before_start_malformed_messages_count_too()
    {
        for (var i = 0; i < 51; i++)
            await _stream.SaysAsync(Malformed);
        await _stream.SaysAsync(TwilioTestStream.Start);

        await Assert.ThatAsync(_stream.HandshakeAsync, Throws.TypeOf<MediaStreamException>());
        await _stream.ClosesWithAsync(WebSocketCloseStatus.PolicyViolation);
    }

    [Test]
    public async Task What_came_before_start_and_after_it_is_counted_together()
    {
        for (var i = 0; i < 30; i++)
            await _stream.SaysAsync(Malformed);
        await _stream.StartAsync();
        await _stream.TakesAsync(Enumerable.Repeat(Malformed, 20));

        await _stream.EndsAsync(WebSocketCloseStatus.PolicyViolation, Malformed);
    }

    [Test]
    public async Task Ten_binary_messages_are_counted_and_the_eleventh_closes_however_slowly_they_come()
    {
        await _stream.SaysAsync(new byte[10]);
        await _stream.StartAsync();
        for (var i = 0; i < 9; i++)
        {
            _stream.Time.Advance(TimeSpan.FromMinutes(1));
            await _stream.SaysAsync(new byte[10]);
        }

        await _stream.TakesAsync([]);
        Assert.That(_stream.Skips, Is.EqualTo(new MediaStreamSkips(Unknown: 0, Malformed: 10)));
        await _stream.SaysAsync(new byte[10]);
        await _stream.EndsAsync(WebSocketCloseStatus.InvalidMessageType);
    }

    [Test]
    public async Task A_limit_of_nought_is_none()
    {
        using var stream = new TwilioTestStream(new MediaStreamLimits { MaxBinary = 0, MaxMalformed = 0 });
        await stream.StartAsync();
        for (var i = 0; i < 100; i++)
            await stream.SaysAsync(new byte[1]);
        await stream.TakesAsync(Enumerable.Repeat(Malformed, 100));

        Assert.That(stream.Skips.Malformed, Is.EqualTo(200));
    }

    [Test]
    public async Task The_name_of_an_unknown_event_is_said_once()
    {
        await _stream.SaysAsync("""{"event":"hologram"}""");
        await _stream.StartAsync();
        await _stream.TakesAsync(["""{"event":"hologram"}""", """{"event":"smell","smell":{"payload":"secret"}}""", """{"event":"smell"}"""]);

        Assert.That(_stream.Logged, Is.EqualTo(new[] { "Twilio sent an event that is not known here: hologram", "Twilio sent an event that is not known here: smell" }));
        Assert.That(_stream.Skips.Unknown, Is.EqualTo(4), "but counted each time");
    }

    [Test]
    public async Task Of_a_thousand_names_twenty_are_said()
    {
        await _stream.StartAsync();
        await _stream.TakesAsync(Enumerable.Range(0, 1_000).Select(i => $$"""{"event":"e{{i}}"}"""));

        Assert.That(_stream.Logged, Is.EqualTo(Enumerable.Range(0, 20).Select(i => $"Twilio sent an event that is not known here: e{i}")));
        Assert.That(_stream.Skips.Unknown, Is.EqualTo(1_000));
    }

    /// <summary>Text of somebody's own choice in a log forges lines in it, or tells what a caller said.</summary>
    [TestCase("""{"event":"two words"}""")]
    [TestCase("""{"event":"line\nCRITICAL: all is lost"}""")]
    [TestCase("""{"event":"h\u006flogram"}""")]
    [TestCase("""{"event":"+14155550123"}""")]
    [TestCase("""{"event":"é"}""")]
    [TestCase("""{"event":""}""")]
    [TestCase("""{"event":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""", Description = "41 of them")]
    [TestCase("""{"hologram":"event"}""")]
    public async Task A_name_that_is_none_is_not_said(string message)
    {
        await _stream.StartAsync();
        await _stream.TakesAsync([message]);

        Assert.That(_stream.Logged, Has.None.Contains("lost").And.None.Contains("4155").And.None.Contains("words").And.None.Contains("aaa").And.None.Contains("é"));
        Assert.That(_stream.Logged.Where(l => !l.EndsWith(": ", StringComparison.Ordinal)), Is.Empty);
    }
}
