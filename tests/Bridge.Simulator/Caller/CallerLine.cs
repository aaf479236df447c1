namespace Bridge.Simulator.Caller;

/// <summary>
/// The stream of one call as a wire: spells and sends what Twilio says, reads and judges what the bridge says, returns marks. Whatever
/// the <see cref="LineConditions"/> delay is delayed here.
/// </summary>
internal sealed class CallerLine : IDisposable
{
    private readonly FakeCallerOptions _options;
    private readonly TextSocket? _socket;
    private readonly TwilioWire _wire;
    private readonly PlayoutBuffer _playout;
    private readonly CallRecord _record;
    private readonly TimeProvider _clock;
    private readonly DelayLine _up;
    private readonly DelayLine _down;
    private readonly DelayLine _held;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private bool _started;
    private bool _over;

    public CallerLine(FakeCallerOptions options, TextSocket? socket, TwilioWire wire, PlayoutBuffer playout, CallRecord record, TimeProvider clock)
    {
        (_options, _socket, _wire, _playout, _record, _clock) = (options, socket, wire, playout, record, clock);
        var line = options.Line;
        _up = new DelayLine(clock, line.UpDelayMs, line.UpJitterMs, line.Seed, line.BatchMs);
        _down = new DelayLine(clock, line.DownDelayMs, line.DownJitterMs, line.Seed + 1);
        _held = new DelayLine(clock, line.MarkHoldMs, line.MarkHoldJitterMs, line.Seed + 2);
    }

    /// <summary>The last timestamp sent, milliseconds: what a <c>clear</c>'s snapshot is stamped with.</summary>
    public required Func<int> MediaTimeMs { get; init; }

    /// <summary>Nothing is sent, but what the caller's frames spell.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Sends <c>connected</c> or <c>start</c>, at once.</summary>
    public async Task BeginAsync(Func<string> spell, bool starts, CancellationToken cancellationToken)
    {
        _started |= starts;
        await WriteAsync(spell(), null, cancellationToken);
    }

    /// <summary>Sends a message up the line; <paramref name="onWire"/> is told when it goes into the socket. Null: there is nothing to send.</summary>
    public async Task SendAsync(Func<string?> spell, CancellationToken cancellationToken, Action? onWire = null)
    {
        // One message at a time is spelt and sent, so that sequence numbers are in order on the wire.
        await _sending.WaitAsync(cancellationToken);
        try
        {
            if (spell() is not { } text)
                return;
            if (_up.IsDirect)
                await WriteAsync(text, onWire, cancellationToken);
            else
                _up.Add(() => WriteAsync(text, onWire, CancellationToken.None));
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Everything on its way up arrives now: the connection is about to be closed.</summary>
    public async Task FlushAsync()
    {
        await _held.DeliverAsync(all: true);
        await _up.DeliverAsync(all: true);
    }

    /// <summary>Virtual time: whatever has arrived by now, in either direction; true when there was anything.</summary>
    public async Task<bool> DeliverDueAsync(CancellationToken cancellationToken)
    {
        var any = await _down.DeliverAsync();
        any |= await ReturnDueMarksAsync(cancellationToken);
        any |= await _held.DeliverAsync();
        return any | await _up.DeliverAsync();
    }

    /// <summary>Real time: delivers until told to stop.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(_up.RunAsync(stop), _down.RunAsync(stop), _held.RunAsync(stop));

    public async Task<bool> ReturnDueMarksAsync(CancellationToken cancellationToken)
    {
        var names = _playout.TakeDueMarks();
        foreach (var name in names)
        {
            if (_held.IsDirect)
                await ReturnAsync(name, cancellationToken);
            else
                _held.Add(() => ReturnAsync(name, CancellationToken.None));
        }

        return names.Count > 0;
    }

    /// <summary>Reads until the socket is over, and returns how it ended.</summary>
    public async Task<CloseInfo> ReadAsync()
    {
        while (true)
        {
            var message = await _socket!.ReceiveAsync(CancellationToken.None);
            if (message.Close is { } close)
                return close;
            if (Judge(message) is not { } read)
                continue;
            _record.Add(new ReceivedMessage(read.Kind, _clock.GetTimestamp(), read.Audio.Length, read.Name));
            if (_down.IsDirect)
                await TakeEffectAsync(read);
            else
                _down.Add(() => TakeEffectAsync(read));
            _playout.Pulse();
        }
    }

    /// <summary>The call is over: nothing is sent of our own accord any more.</summary>
    public void Stop() => _over = true;

    public void Dispose() => _sending.Dispose();

    private BridgeMessage? Judge(SocketMessage message)
    {
        if (message.IsBinary)
            _record.Violation("31950: a binary message");
        if (!_started)
            _record.Violation("31951: a message before 'start'");
        if (message.IsBinary)
            return null;
        if (BridgeMessage.Parse(message.Text!, _wire.StreamSid, out var violation) is { } read)
            return read;
        _record.Violation(violation!);
        return null;
    }

    private async Task TakeEffectAsync(BridgeMessage message)
    {
        if (message.Kind == BridgeMessageKind.Media)
            _playout.Enqueue(message.Audio);
        else if (message.Kind == BridgeMessageKind.Mark)
            _playout.Mark(message.Name);
        else
            await ClearAsync();
        _playout.Pulse();
        await ReturnDueMarksAsync(CancellationToken.None);
    }

    private async Task ClearAsync()
    {
        // Marks that were reached by now are on their way back already; what the clear flushes goes before or behind them.
        await ReturnDueMarksAsync(CancellationToken.None);
        var clear = _playout.Clear() with { MediaTimeMs = MediaTimeMs() };
        foreach (var name in _playout.TakeDueMarks())
        {
            if (_held.IsDirect || _options.Line.ClearReturnsMarksFirst)
                await ReturnAsync(name, CancellationToken.None);
            else
                _held.Add(() => ReturnAsync(name, CancellationToken.None), delayed: false);
        }

        // Last: who waits for it, and then lets time pass, finds the flushed marks on their way.
        _record.Add(clear);
        _playout.Pulse();
    }

    private Task ReturnAsync(string mark, CancellationToken cancellationToken) =>
        _options.ReturnMarks && !_over && !IsSilent ? SendAsync(() => _wire.Mark(mark), cancellationToken) : Task.CompletedTask;

    private async Task WriteAsync(string text, Action? onWire, CancellationToken cancellationToken)
    {
        if (_socket is null)
            return;
        onWire?.Invoke();
        if (_socket.IsOver)
            return;
        await _socket.SendAsync(text, _options.Fragments, cancellationToken);
    }
}
