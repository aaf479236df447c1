using System.Net.WebSockets;
using Bridge.Application.Abstractions;

namespace Bridge.Infrastructure.Tests;

/// <summary>How a stream may begin, and that it is the same one from then on.</summary>
public sealed class TwilioStartTests : IDisposable
{
    private const string Connected = """{"event":"connected","protocol":"Call","version":"1.0.0"}""";
    private const string Stop = """{"event":"stop","stop":{}}""";

    private readonly TwilioTestStream _stream = new();

    public void Dispose() => _stream.Dispose();

    [Test]
    public async Task Who_says_connected_twice_says_it_for_nothing()
    {
        await _stream.SaysAsync(Connected);
        await _stream.SaysAsync(Connected);
        await _stream.StartAsync();
        await _stream.TakesAsync([Connected]);

        Assert.That(_stream.Skips.Malformed, Is.Zero);
    }

    [Test]
    public async Task Audio_before_start_is_nobodys()
    {
        await _stream.SaysAsync(Frame(160));
        await _stream.StartAsync();
        await _stream.TakesAsync([]);

        Assert.That(_stream.Skips, Is.EqualTo(new MediaStreamSkips(Unknown: 1, Malformed: 0)));
    }

    [Test]
    public async Task A_stop_before_start_ends_what_has_not_begun()
    {
        await _stream.SaysAsync(Stop);
        await _stream.SaysAsync(TwilioTestStream.Start);

        await Assert.ThatAsync(_stream.HandshakeAsync, Throws.TypeOf<MediaStreamException>());
        await _stream.ClosesWithAsync(WebSocketCloseStatus.PolicyViolation);
    }

    [Test]
    public async Task The_same_start_again_changes_nothing()
    {
        await _stream.StartAsync();
        await _stream.TakesAsync([TwilioTestStream.Start, TwilioTestStream.Start.Replace("\"1\"", "\"7\"")]);

        Assert.That(_stream.Skips, Is.EqualTo(new MediaStreamSkips(Unknown: 2, Malformed: 0)));
    }

    [TestCase("CA0123456789abcdef0123456789abcdef", "CA0123456789abcdef0123456789abcde0")]
    [TestCase("CA0123456789abcdef0123456789abcdef", "CA0123456789ABCDEF0123456789abcdef")]
    [TestCase("MZ0123456789abcdef0123456789abcdef", "MZ0123456789abcdef0123456789abcde0")]
    [TestCase("\"AC1\"", "\"AC2\"")]
    [TestCase("\"AC1\"", "null")]
    [TestCase("\"callSid\"", "\"noSid\"")]
    public async Task Another_start_is_somebody_elses(string ours, string theirs)
    {
        await _stream.StartAsync();

        await _stream.EndsAsync(WebSocketCloseStatus.PolicyViolation, TwilioTestStream.Start.Replace(ours, theirs));
    }

    [TestCase(1)]
    [TestCase(159)]
    [TestCase(161)]
    [TestCase(320)]
    [TestCase(4_000)]
    public async Task Audio_of_another_length_is_audio(int bytes)
    {
        await _stream.StartAsync();
        await _stream.SaysAsync(Frame(bytes));

        var next = await _stream.NextAsync();
        Assert.That((next.Kind, next.Audio.Length), Is.EqualTo((MediaStreamEventKind.Media, bytes)));
    }

    [TestCase(4_001)]
    [TestCase(12_000)]
    public async Task Audio_of_half_a_second_and_more_is_dropped_and_counted(int bytes)
    {
        await _stream.StartAsync();
        await _stream.TakesAsync([Frame(bytes)]);

        Assert.That(_stream.Skips, Is.EqualTo(new MediaStreamSkips(Unknown: 1, Malformed: 0)));
    }

    [TestCase(false, WebSocketCloseStatus.NormalClosure)]
    [TestCase(true, WebSocketCloseStatus.PolicyViolation)]
    public async Task A_stream_that_is_not_what_it_should_be_is_told_so_when_it_is_closed(bool isRefused, WebSocketCloseStatus status)
    {
        await _stream.StartAsync();

        await _stream.ClosesWithAsync(status, isRefused);
    }

    [Test]
    public async Task What_the_wire_did_wrong_is_said_rather_than_that_it_is_refused()
    {
        await _stream.SaysAsync(new string(' ', (16 * 1024) + 1));
        await Assert.ThatAsync(_stream.HandshakeAsync, Throws.TypeOf<MediaStreamException>());

        await _stream.ClosesWithAsync(WebSocketCloseStatus.MessageTooBig, isRefused: true);
    }

    private static string Frame(int bytes) => $$$"""{"event":"media","media":{"track":"inbound","timestamp":"1","payload":"{{{Convert.ToBase64String(new byte[bytes])}}}"}}""";
}
