using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Attacks;

/// <summary>Where a hostile client knocks: an address, for https or wss the name that is asked for there, and whose certificate it believes.</summary>
public sealed record RawTarget(Uri Address, string? Name = null, X509Certificate2? Trust = null)
{
    public static implicit operator RawTarget(Uri address) => new(address);
}

/// <summary>A connection on which a hostile client sends exactly the bytes it likes, when it likes.</summary>
public sealed class RawConnection : IAsyncDisposable
{
    private const int LongestHead = 64 * 1024;

    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private RawConnection(Stream stream) => _stream = stream;

    /// <summary>Connects.</summary>
    public static async Task<RawConnection> OpenAsync(RawTarget target, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target.Address.Host, target.Address.Port, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (target.Address.Scheme is "http" or "ws")
            return new RawConnection(stream);
        var secure = new SslStream(stream);
        await secure.AuthenticateAsClientAsync(TwilioTls.For(target.Name ?? target.Address.Host, target.Trust), cancellationToken);
        return new RawConnection(secure);
    }

    public Task SendAsync(string text, CancellationToken cancellationToken = default) => SendAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

    public Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default) => _stream.WriteAsync(bytes, cancellationToken).AsTask();

    /// <summary>Sends byte by byte with a pause after each, as slow clients and slow attackers do, until all is sent or nobody takes it; how many were.</summary>
    public async Task<int> DripAsync(ReadOnlyMemory<byte> bytes, TimeSpan pause, CancellationToken cancellationToken = default)
    {
        for (var sent = 0; sent < bytes.Length; sent++)
        {
            try
            {
                await SendAsync(bytes.Slice(sent, 1), cancellationToken);
            }
            catch (IOException)
            {
                return sent;
            }

            await Task.Delay(pause, cancellationToken);
        }

        return bytes.Length;
    }

    /// <summary>The next answer; null when the far end ends the connection without one.</summary>
    public async Task<RawAnswer?> AnswerAsync(CancellationToken cancellationToken = default)
    {
        var head = new StringBuilder();
        while (!EndsHead(head))
        {
            if (await ByteAsync(cancellationToken) is not { } one || head.Length > LongestHead)
                return null;
            head.Append((char)one);
        }

        var answer = RawAnswer.Parse(head.ToString());
        if (answer.Status == 100)
            return await AnswerAsync(cancellationToken);
        return answer.Status is 101 or 204 or 304 ? answer : answer with { Body = await BodyAsync(answer, cancellationToken) };
    }

    /// <summary>Fills a buffer; false when the end came before.</summary>
    public async Task<bool> ReadAsync(Memory<byte> into, CancellationToken cancellationToken = default)
    {
        for (var at = 0; at < into.Length; at++)
        {
            if (await ByteAsync(cancellationToken) is not { } one)
                return false;
            into.Span[at] = one;
        }

        return true;
    }

    /// <summary>Waits until the far end has ended the connection; what it says before is passed over.</summary>
    public async Task ClosedAsync(CancellationToken cancellationToken = default)
    {
        while (await ByteAsync(cancellationToken) is not null)
            continue;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private static bool EndsHead(StringBuilder head) => head.Length >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r';

    private async Task<byte[]> BodyAsync(RawAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Header("Content-Length") is { } length)
        {
            var body = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
            await ReadAsync(body, cancellationToken);
            return body;
        }

        // Chunks are not taken apart: nobody here asks what is in them.
        var rest = new List<byte>();
        while (await ByteAsync(cancellationToken) is { } one && !(rest.Count >= 4 && answer.Header("Transfer-Encoding") is not null && rest is [.., (byte)'0', 13, 10, 13] && one == 10))
            rest.Add(one);
        return [.. rest];
    }

    // A reset is an end like any other: the far end wants no more.
    private async ValueTask<byte?> ByteAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            try
            {
                (_start, _end) = (0, await _stream.ReadAsync(_buffer, cancellationToken));
            }
            catch (IOException)
            {
                _end = 0;
            }
        }

        return _end == 0 ? null : _buffer[_start++];
    }
}
