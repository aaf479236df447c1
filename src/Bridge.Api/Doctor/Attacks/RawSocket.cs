using System.Net.WebSockets;
using System.Security.Cryptography;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>A media stream, opened or refused.</summary>
internal sealed class RawSocket : IAsyncDisposable
{
    private readonly RawConnection _connection;

    private RawSocket(RawConnection connection, RawAnswer? answer)
    {
        (_connection, Answer) = (connection, answer);
        if (answer?.Status == 101)
            Frames = WebSocket.CreateFromStream(connection.Stream, new WebSocketCreationOptions { KeepAliveInterval = TimeSpan.Zero });
    }

    /// <summary>The answer to the handshake; null when there was none.</summary>
    public RawAnswer? Answer { get; }

    /// <summary>The open stream; null when it was refused.</summary>
    public WebSocket? Frames { get; }

    /// <summary>Shakes hands for this URL, signed or not.</summary>
    public static async Task<RawSocket> OpenAsync(AttackTarget target, string url, string? signature, IEnumerable<(string, string)> headers, CancellationToken cancellationToken)
    {
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(target.Bounds.Answer);
        (string, string)[] signed = signature is null ? [] : [(TwilioRequestSignature.Header, signature)];
        var request = new RawRequest("GET", new Uri(url).PathAndQuery)
        {
            Headers =
            [
                ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(16))), .. signed, .. headers,
            ],
        };
        var connection = await RawConnection.OpenAsync(target.Address, inTime.Token);
        try
        {
            return new RawSocket(connection, await connection.AskAsync(request, inTime.Token));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a stream as Twilio would.</summary>
    /// <exception cref="NotTriedException">It is refused.</exception>
    public static async Task<RawSocket> ProveAsync(AttackTarget target, string url, CancellationToken cancellationToken, params (string, string)[] headers)
    {
        var socket = await OpenAsync(target, url, target.Sign(url), headers, cancellationToken);
        if (socket.Frames is not null)
            return socket;
        await socket.DisposeAsync();
        throw new NotTriedException($"a right stream gets {socket.Answer?.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no answer"}");
    }

    /// <summary>How the far end ends the stream: its close status, 1006 when it just goes, null when it does not within this time.</summary>
    public async Task<int?> EndAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        inTime.CancelAfter(within);
        var buffer = new byte[4096];
        try
        {
            while ((await Frames!.ReceiveAsync(buffer.AsMemory(), inTime.Token)).MessageType != WebSocketMessageType.Close)
            {
                // Whatever it says, it is asked for its end.
            }

            return (int?)Frames.CloseStatus ?? 1005;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            return 1006;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Frames?.Dispose();
        await _connection.DisposeAsync();
    }
}
