namespace Bridge.Simulator.Load.Wire;

/// <summary>Takes messages.</summary>
internal interface IMessageUser
{
    /// <summary>A text message, whole, joined from its fragments. It may be written over, and is nobody's afterwards.</summary>
    void Message(Span<byte> utf8);

    /// <summary>The far end closed, or is gone.</summary>
    void Closed();
}

/// <summary>WebSocket messages over a link whose handshake is over.</summary>
/// <param name="link">The connection.</param>
/// <param name="isClient">Clients mask (RFC 6455 §5.3).</param>
/// <param name="user">Whose messages they are.</param>
internal sealed class MessageLink(ILink link, bool isClient, IMessageUser user)
{
    private byte[] _pieces = [];
    private int _length;
    private uint _mask = 0x9E3779B9;

    /// <summary>Takes the whole frames of <paramref name="bytes"/> and says how many bytes they were.</summary>
    public int Take(Span<byte> bytes)
    {
        var taken = 0;
        while (Frames.TryRead(bytes[taken..], out var frame))
        {
            var payload = bytes.Slice(taken + frame.Start, frame.Length);
            taken += frame.End;
            switch (frame.Opcode)
            {
                case Frames.Close:
                    user.Closed();
                    return taken;
                case Frames.Ping:
                    Answer(payload);
                    break;
                case Frames.Text when frame.IsFinal:
                    user.Message(payload);
                    break;
                case Frames.Text or Frames.Continuation:
                    Join(payload, frame.IsFinal);
                    break;
            }
        }

        return taken;
    }

    /// <summary>Sends the message that stands in <paramref name="buffer"/> behind room for a header (<see cref="Frames.MaxHeader"/>).</summary>
    public void Send(Span<byte> buffer, int length) => Send(buffer, length, Frames.Text);

    /// <summary>Sends a copy of a message.</summary>
    public void Send(ReadOnlySpan<byte> utf8)
    {
        Span<byte> buffer = stackalloc byte[Frames.MaxHeader + utf8.Length];
        utf8.CopyTo(buffer[Frames.MaxHeader..]);
        Send(buffer, utf8.Length, Frames.Text);
    }

    /// <summary>Says goodbye (1000) and closes.</summary>
    public void Close()
    {
        Span<byte> buffer = stackalloc byte[Frames.MaxHeader + 2];
        buffer[Frames.MaxHeader] = 1000 >> 8;
        buffer[Frames.MaxHeader + 1] = 1000 & 0xFF;
        Send(buffer, 2, Frames.Close);
        link.Close();
    }

    private void Answer(ReadOnlySpan<byte> ping)
    {
        Span<byte> buffer = stackalloc byte[Frames.MaxHeader + ping.Length];
        ping.CopyTo(buffer[Frames.MaxHeader..]);
        Send(buffer, ping.Length, Frames.Pong);
    }

    private void Send(Span<byte> buffer, int length, int opcode)
    {
        // Another key for each frame, as it must be; that nobody can guess it is for browsers.
        if (isClient)
            _mask = (_mask * 1664525) + 1013904223 | 1;
        link.Send(Frames.Wrap(buffer, length, opcode, isClient ? _mask : 0));
    }

    private void Join(ReadOnlySpan<byte> payload, bool isLast)
    {
        if (_pieces.Length < _length + payload.Length)
            Array.Resize(ref _pieces, (_length + payload.Length) * 2);
        payload.CopyTo(_pieces.AsSpan(_length));
        _length += payload.Length;
        if (!isLast)
            return;
        var whole = _pieces.AsSpan(0, _length);
        _length = 0;
        user.Message(whole);
    }
}
