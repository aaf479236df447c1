namespace Bridge.Infrastructure.WebSockets;

/// <summary>
/// Finds where HTTP ends and a WebSocket begins in the answer to a handshake, however it comes in pieces: after the empty line of a 101
/// (RFC 9110, section 15.2.2). What comes after any other final answer is HTTP's; other 1xx come before one.
/// </summary>
internal sealed class AnswerHead
{
    /// <summary>As long as <c>HTTP/1.1 101</c>.</summary>
    private readonly byte[] _status = new byte[12];
    private int _statusLength;
    private int _lineLength;

    /// <summary>There is an answer, and it is another one.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>How many of these bytes, which follow those of the call before, are the rest of the head of a 101; null when it goes on.</summary>
    public int? End(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length && !IsRefused; at++)
        {
            var one = bytes[at];
            if (_statusLength < _status.Length)
                _status[_statusLength++] = one;
            if (one != '\n')
            {
                // An empty line has at most a return in it.
                _lineLength += one == '\r' ? 0 : 1;
                continue;
            }

            var isEnd = _lineLength == 0;
            _lineLength = 0;
            if (!isEnd)
                continue;
            if (Says("101"u8))
                return at + 1;
            IsRefused = !Says("1"u8);
            _statusLength = 0;
        }

        return null;
    }

    private bool Says(ReadOnlySpan<byte> code) => _status.AsSpan(0, _statusLength).StartsWith("HTTP/1."u8) && _status.AsSpan(9, 3).StartsWith(code);
}
