using System.Net.WebSockets;
using Bridge.Infrastructure.WebSockets;
using Microsoft.Extensions.Time.Testing;

namespace Bridge.Infrastructure.Tests;

/// <summary>Our reader of a connection in memory, with small limits. No read is waited for longer than <see cref="SocketPair.Patience"/>.</summary>
internal sealed class TestReader
{
    /// <summary>Bytes that its buffer has at first.</summary>
    public const int Initial = 16;

    /// <summary>Bytes of the longest message; it may take ten seconds.</summary>
    public const int Max = 1000;

    private readonly WebSocketTextReader _reader;

    /// <param name="sockets">The connection.</param>
    /// <param name="isClient">Whether our end is the client's.</param>
    public TestReader(SocketPair sockets, bool isClient = false) =>
        _reader = new WebSocketTextReader(sockets.Near, new WebSocketTextWriter(sockets.Near, isClient), isClient, new TextLimits(Initial, Max, TimeSpan.FromSeconds(10)), Time);

    public FakeTimeProvider Time { get; } = new();

    public CloseFrame? FarClose => _reader.FarClose;

    public WebSocketCloseStatus? Fault => _reader.Fault;

    public Task<WebSocketMessage> ReadAsync() => _reader.ReadAsync().AsTask().WaitAsync(SocketPair.Patience);

    /// <summary>The next message, which must be text.</summary>
    public async Task<string> TextAsync()
    {
        var message = await ReadAsync();
        Assert.That(message.Kind, Is.EqualTo(WebSocketMessageKind.Text));
        return Wire.Text(message.Data.Span);
    }
}
