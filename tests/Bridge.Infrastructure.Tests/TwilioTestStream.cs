using System.Net.WebSockets;
using Bridge.Application.Abstractions;
using Bridge.Domain.Playback;
using Bridge.Infrastructure.Twilio;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>A media stream over a real WebSocket in memory, and Twilio, or somebody else, at its far end.</summary>
internal sealed class TwilioTestStream : IDisposable
{
    public const string Start =
        """{"event":"start","sequenceNumber":"1","start":{"accountSid":"AC1","streamSid":"MZ0123456789abcdef0123456789abcdef","callSid":"CA0123456789abcdef0123456789abcdef","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"From":"+1"}}}""";

    private readonly SocketPair _sockets = new();
    private readonly TestLogger<TwilioMediaSocket> _log = new();
    private readonly TwilioMediaSocket _stream;
    private IAsyncEnumerator<MediaStreamEvent>? _events;
    private int _marks;

    public TwilioTestStream(MediaStreamLimits? limits = null) => _stream = new TwilioMediaSocket(_sockets.Near, limits ?? new MediaStreamLimits(), TimeSpan.FromMilliseconds(500), Time, _log);

    public FakeTimeProvider Time { get; } = new();

    public MediaStreamSkips Skips => _stream.Skips;

    public IEnumerable<string> Logged => _log.Entries.Select(e => e.Text);

    /// <summary>The far end says something; nobody has read it yet.</summary>
    public Task SaysAsync(string message, bool end = true) => _sockets.FarSendsAsync(message, end);

    /// <summary>The far end says the beginning of something, and our side waits for the rest.</summary>
    public async Task SaysAndIsReadAsync(string beginning)
    {
        await SaysAsync(beginning, end: false);
        await _sockets.FarHasBeenReadAsync();
    }

    public Task SaysAsync(byte[] binary) => _sockets.Far.SendAsync(binary, WebSocketMessageType.Binary, true, CancellationToken.None).WaitAsync(SocketPair.Patience);

    /// <summary>Bytes of its own making, frames or not.</summary>
    public Task SaysRawAsync(byte[] bytes) => _sockets.FarSendsRawAsync(bytes);

    public Task<MediaStreamStart> HandshakeAsync() => _stream.HandshakeAsync(CancellationToken.None).WaitAsync(SocketPair.Patience);

    public async Task StartAsync()
    {
        await SaysAsync(Start);
        await HandshakeAsync();
        _events = _stream.ReadEventsAsync(CancellationToken.None).GetAsyncEnumerator();
    }

    /// <summary>The next event.</summary>
    public async Task<MediaStreamEvent> NextAsync()
    {
        Assert.That(await _events!.MoveNextAsync().AsTask().WaitAsync(SocketPair.Patience), Is.True, "the stream is over");
        return _events.Current;
    }

    /// <summary>The far end says all this, and none of it is an event; the stream goes on, which a mark after it shows.</summary>
    public async Task TakesAsync(IEnumerable<string> messages)
    {
        foreach (var message in messages)
            await SaysAsync(message);
        await SaysAsync($$$"""{"event":"mark","mark":{"name":"g0m{{{++_marks}}}"}}""");
        var next = await NextAsync();
        Assert.That((next.Kind, next.Mark), Is.EqualTo((MediaStreamEventKind.Mark, new Mark(0, _marks))));
    }

    /// <summary>The far end says this, and it is the end: the close has this status.</summary>
    public async Task EndsAsync(WebSocketCloseStatus status, string? message = null)
    {
        if (message is not null)
            await SaysAsync(message);
        await Assert.ThatAsync(() => _events!.MoveNextAsync().AsTask().WaitAsync(SocketPair.Patience), Throws.TypeOf<MediaStreamException>());
        await ClosesWithAsync(status);
    }

    /// <summary>Our close, as the far end sees it.</summary>
    public async Task ClosesWithAsync(WebSocketCloseStatus status, bool isRefused = false)
    {
        var closing = _stream.CloseAsync(isRefused);
        Assert.That(await _sockets.FarReceivesAsync(), Is.Null);
        Assert.That(_sockets.Far.CloseStatus, Is.EqualTo(status));
        // Not awaited: a client's side waits a second for the connection to end, which nobody here looks at.
        _ = _sockets.FarClosesAsync();
        await closing.WaitAsync(SocketPair.Patience);
    }

    public void Dispose() => _sockets.Dispose();
}
