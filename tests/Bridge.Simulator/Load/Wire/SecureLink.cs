using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks.Sources;

namespace Bridge.Simulator.Load.Wire;

/// <summary>
/// A server's TLS over a link, all of it on the reactor's thread: the stream below completes there, and so everything above it
/// goes on there.
/// </summary>
internal sealed class SecureLink : ILink, ILinkUser
{
    private readonly Link _link;
    private readonly ILinkUser _user;
    private readonly Below _below;
    private readonly SslStream _secure;
    private bool _closed;

    public SecureLink(Reactor reactor, Socket socket, X509Certificate2 certificate, ILinkUser user)
    {
        _user = user;
        _link = new Link(reactor, socket, this);
        _below = new Below(_link);
        _secure = new SslStream(_below);
        _ = RunAsync(certificate);
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (!_closed)
            _secure.Write(bytes);
    }

    public void Close()
    {
        _closed = true;
        _link.Close();
    }

    int ILinkUser.Take(Span<byte> bytes)
    {
        _below.Add(bytes);
        return bytes.Length;
    }

    void ILinkUser.Gone() => _below.End();

    private async Task RunAsync(X509Certificate2 certificate)
    {
        try
        {
            await _secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate });
            var buffer = new byte[32 * 1024];
            var length = 0;
            while (await _secure.ReadAsync(buffer.AsMemory(length)) is > 0 and var read)
            {
                length += read;
                var taken = _user.Take(buffer.AsSpan(0, length));
                if (_closed)
                    return;
                buffer.AsSpan(taken, length - taken).CopyTo(buffer);
                length -= taken;
            }
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            // Gone, one way or another.
        }

        _link.Close();
        if (!_closed)
            _user.Gone();
    }

    /// <summary>The bytes of the link as a stream: writes are done at once, one read waits.</summary>
    private sealed class Below(Link link) : AsyncStream, IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _read;
        private byte[] _bytes = new byte[4096];
        private int _start;
        private int _end;
        private bool _isOver;
        private Memory<byte> _waiting;
        private bool _isWaiting;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            if (_start == _end)
                _start = _end = 0;
            if (_end + bytes.Length > _bytes.Length)
                Array.Resize(ref _bytes, (_end + bytes.Length) * 2);
            bytes.CopyTo(_bytes.AsSpan(_end));
            _end += bytes.Length;
            Wake();
        }

        public void End()
        {
            _isOver = true;
            Wake();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_start < _end || _isOver)
                return new ValueTask<int>(Give(buffer));
            // An empty read asks to be told when there is something.
            _read.Reset();
            (_waiting, _isWaiting) = (buffer, true);
            return new ValueTask<int>(this, _read.Version);
        }

        public override void Write(byte[] buffer, int offset, int count) => link.Send(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            link.Send(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

        void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _read.OnCompleted(continuation, state, token, flags);

        private void Wake()
        {
            if (!_isWaiting)
                return;
            _isWaiting = false;
            _read.SetResult(Give(_waiting));
        }

        private int Give(Memory<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _end - _start);
            _bytes.AsSpan(_start, count).CopyTo(buffer.Span);
            _start += count;
            return count;
        }
    }
}
