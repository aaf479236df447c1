using System.Net.Sockets;

namespace Bridge.Simulator.Load.Wire;

/// <summary>Takes what a link brings.</summary>
internal interface ILinkUser
{
    /// <summary>Takes whole pieces of <paramref name="bytes"/> and says how many bytes they were; the rest is given again, with more. It may write over them.</summary>
    int Take(Span<byte> bytes);

    /// <summary>The link is gone.</summary>
    void Gone();
}

/// <summary>A connection that bytes are written to.</summary>
internal interface ILink
{
    /// <summary>Writes; what the socket does not take at once is kept and written later.</summary>
    void Send(ReadOnlySpan<byte> bytes);

    /// <summary>Closes it, without a word to its user.</summary>
    void Close();
}

/// <summary>A TCP connection on a reactor. A receive of a message is one system call, and so is a send.</summary>
internal sealed class Link : IReady, ILink
{
    private readonly Reactor _reactor;
    private readonly Socket _socket;
    private readonly ILinkUser _user;
    private readonly int _key;
    private byte[] _rest = [];
    private int _restLength;
    private byte[] _unsent = [];
    private int _unsentLength;
    private bool _closed;

    public Link(Reactor reactor, Socket socket, ILinkUser user)
    {
        (_reactor, _socket, _user) = (reactor, socket, user);
        socket.NoDelay = true;
        socket.Blocking = false;
        SocketCalls.AskForTimes(socket);
        _key = reactor.Watch(socket, this);
    }

    public void Ready(uint events)
    {
        if ((events & Epoll.Writable) != 0)
            SendRest();
        if ((events & (Epoll.Readable | Epoll.Broken)) != 0 && !_closed)
            Receive();
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_closed)
            return;
        if (_unsentLength == 0)
        {
            bytes = bytes[SocketCalls.Send(_socket, bytes)..];
            if (bytes.IsEmpty)
                return;
            _reactor.Wants(_socket, _key, write: true);
        }

        Keep(ref _unsent, _unsentLength, bytes);
        _unsentLength += bytes.Length;
    }

    public void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _reactor.Forget(_socket, _key);
        _socket.Dispose();
    }

    private void Receive()
    {
        var scratch = _reactor.Scratch;
        _rest.AsSpan(0, _restLength).CopyTo(scratch);
        var received = SocketCalls.Receive(_socket, scratch.AsSpan(_restLength), out var arrived);
        if (received < 0)
            return;
        _reactor.Arrived = arrived;
        if (received == 0)
        {
            Close();
            _user.Gone();
            return;
        }

        var length = _restLength + received;
        _restLength = 0;
        var taken = _user.Take(scratch.AsSpan(0, length));
        if (_closed || taken == length)
            return;
        Keep(ref _rest, 0, scratch.AsSpan(taken, length - taken));
        _restLength = length - taken;
    }

    private void SendRest()
    {
        var sent = SocketCalls.Send(_socket, _unsent.AsSpan(0, _unsentLength));
        _unsent.AsSpan(sent, _unsentLength - sent).CopyTo(_unsent);
        _unsentLength -= sent;
        if (_unsentLength == 0)
            _reactor.Wants(_socket, _key, write: false);
    }

    private static void Keep(ref byte[] buffer, int at, ReadOnlySpan<byte> bytes)
    {
        if (buffer.Length < at + bytes.Length)
            Array.Resize(ref buffer, Math.Max(1024, (at + bytes.Length) * 2));
        bytes.CopyTo(buffer.AsSpan(at));
    }
}
