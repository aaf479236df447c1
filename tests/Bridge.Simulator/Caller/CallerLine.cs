namespace Bridge.Simulator.Caller;

/// <summary>
/// The stream of one call as a wire: spells and sends what Twilio says, reads and judges what the bridge says, returns marks.
/// </summary>
internal sealed class CallerLine(
    FakeCallerOptions options, TextSocket? socket, PlayoutBuffer playout, CallRecord record, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _sending = new(1, 1);
    private bool _started;
    private bool _over;

    /// <summary>The last frame's timestamp, milliseconds.</summary>
    public int MediaTimeMs { get; private set; }

    public async Task SendStartAsync(Func<string> start, CancellationToken cancellationToken)
    {
        _started = true;
        await SendAsync(start, cancellationToken);
    }

    /// <summary>Sends the next frame; a lost one only uses its number and its time.</summary>
    public Task SendFrameAsync(TwilioWire wire, byte[] frame, bool lost, CancellationToken cancellationToken) => SendAsync(
        () =>
        {
            MediaTimeMs = options.FirstTimestampMs + (20 * wire.Chunks) + options.Irregularity(wire.Chunks + 1);
            if (lost)
            {
                wire.SkipMedia();
                return null;
            }

            record.FrameSent(frame, clock.GetTimestamp());
            return wire.Media(MediaTimeMs, frame);
        },
        cancellationToken);

    public async Task ReturnDueMarksAsync(TwilioWire wire, CancellationToken cancellationToken)
    {
        foreach (var name in playout.TakeDueMarks())
        {
            if (options.ReturnMarks)
                await SendAsync(() => wire.Mark(name), cancellationToken);
        }
    }

    // One message at a time is spelt and sent, so that sequence numbers are in order on the wire.
    public async Task SendAsync(Func<string?> spell, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            if (socket is not null && spell() is { } text)
                await socket.SendAsync(text, options.Fragments, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Reads until the socket is over, and returns how it ended.</summary>
    public async Task<CloseInfo> ReadAsync(TwilioWire wire)
    {
        while (true)
        {
            var message = await socket!.ReceiveAsync(CancellationToken.None);
            if (message.Close is { } close)
                return close;
            Take(message, wire.StreamSid);
            if (!_over)
                await ReturnDueMarksAsync(wire, CancellationToken.None);
        }
    }

    /// <summary>The call is over: nothing is sent of our own accord any more.</summary>
    public void Stop() => _over = true;

    public void Dispose() => _sending.Dispose();

    private void Take(SocketMessage message, string streamSid)
    {
        if (message.IsBinary)
            record.Violation("31950: a binary message");
        if (!_started)
            record.Violation("31951: a message before 'start'");
        if (message.IsBinary)
            return;
        if (BridgeMessage.Parse(message.Text!, streamSid, out var violation) is not { } read)
        {
            record.Violation(violation!);
            return;
        }

        record.Add(new ReceivedMessage(read.Kind, clock.GetTimestamp(), read.Audio.Length, read.Name));
        if (read.Kind == BridgeMessageKind.Media)
            playout.Enqueue(read.Audio);
        else if (read.Kind == BridgeMessageKind.Mark)
            playout.Mark(read.Name);
        else
            record.Add(playout.Clear() with { MediaTimeMs = MediaTimeMs });
        playout.Pulse();
    }
}
