using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Bridge.Api.Doctor.Attacks;

/// <summary>A connection on which every byte is ours: TCP, and TLS where the address says https.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private const int LongestHead = 16 * 1024;
    private readonly TcpClient _tcp;
    private readonly Uri _address;

    private RawConnection(TcpClient tcp, Stream stream, Uri address) => (_tcp, Stream, _address) = (tcp, stream, address);

    /// <summary>What follows the head of the answer is read from here.</summary>
    public Stream Stream { get; }

    /// <summary>Connects.</summary>
    /// <exception cref="NotTriedException">There is no connection.</exception>
    public static async Task<RawConnection> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        // Without a goodbye at the end: nobody waits for one.
        var tcp = new TcpClient { NoDelay = true, LingerState = new LingerOption(true, 0) };
        try
        {
            await tcp.ConnectAsync(address.IdnHost, address.Port, cancellationToken);
            if (address.Scheme == Uri.UriSchemeHttp)
                return new RawConnection(tcp, tcp.GetStream(), address);
            var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = address.IdnHost }, cancellationToken);
            return new RawConnection(tcp, tls, address);
        }
        catch (Exception e)
        {
            tcp.Dispose();
            if (OutsideException.Explains(e) && !cancellationToken.IsCancellationRequested)
                throw new NotTriedException(OutsideException.Of(e, address).Message);
            throw;
        }
    }

    /// <summary>Sends a request and reads the head of its answer; null when the connection is closed without one.</summary>
    public async Task<RawAnswer?> AskAsync(RawRequest request, CancellationToken cancellationToken)
    {
        // Who has heard enough answers and closes while we still send: the answer counts, the broken pipe does not.
        var sending = SendAsync(request, cancellationToken);
        var answer = await ReadAnswerAsync(cancellationToken);
        await sending;
        return answer;
    }

    /// <summary>Sends bytes; false when the far end does not take them any more.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await Stream.WriteAsync(bytes, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Reads the head of an answer, byte by byte: nothing behind it is taken. Null when the connection ends before.</summary>
    public async Task<RawAnswer?> ReadAnswerAsync(CancellationToken cancellationToken)
    {
        var head = new List<byte>(512);
        var next = new byte[1];
        try
        {
            while (head.Count < LongestHead && await Stream.ReadAsync(next, cancellationToken) == 1)
            {
                head.Add(next[0]);
                if (next[0] == '\n' && head.Count >= 4 && head[^2] == '\r' && head[^3] == '\n')
                    return RawAnswer.Parse(Encoding.Latin1.GetString([.. head]));
            }
        }
        catch (IOException)
        {
            // A reset is a closed connection too.
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _tcp.Dispose();
        await Stream.DisposeAsync();
    }

    private async Task SendAsync(RawRequest request, CancellationToken cancellationToken)
    {
        if (await SendAsync(request.Head(_address), cancellationToken) && request.Body is not null)
            await SendAsync(request.Content(), cancellationToken);
    }
}
