using Bridge.Application.Abstractions;

namespace Bridge.Application.Bridging;

/// <summary>
/// The one way of the caller's audio to the model, in order: frames, and the silence that stands in for missing ones. Nobody
/// waits here. There is no queue while the model's socket takes the audio at once; what it cannot take yet waits beside, and
/// goes first with the next audio. With batches, what is not yet a whole one is the newest of all, after what waits.
/// </summary>
internal sealed class CallerAudioSender(CallInProgress call, UplinkBatching batching) : IDisposable
{
    /// <summary>So long a socket may be busy with what it was given before it counts as stuck.</summary>
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly WaitingAudio _waiting = new();
    private readonly AudioBatch _batch = new();
    private IRealtimeSession? _session;
    private Task? _pending;
    private TimeSpan _pendingSince;
    private TimeSpan _gatheredSince;
    private bool _isSending;
    private bool _over;

    /// <summary>Does the model count samples, so that its audio must be kept in true time? Not before there is one.</summary>
    public bool NeedsSteadyAudio => _session is { Capabilities.NeedsSteadyAudio: true };

    /// <summary>For how long the model's socket has not taken what it was given.</summary>
    public TimeSpan StuckFor
    {
        get
        {
            lock (_gate)
                return _pending is { IsCompleted: false } ? call.Elapsed - _pendingSince : TimeSpan.Zero;
        }
    }

    /// <summary>Something is left that nothing takes along while no frames come: audio that waited for the socket, or a batch that is old and not yet whole.</summary>
    /// <param name="old">How old a batch is then.</param>
    public bool HasLeftOver(TimeSpan old)
    {
        lock (_gate)
            return !_waiting.IsEmpty || (!_batch.IsEmpty && call.Elapsed - _gatheredSince >= old);
    }

    /// <summary>The session is open: what waits goes with the next audio, at most a frame later.</summary>
    public void Open(IRealtimeSession session)
    {
        lock (_gate)
            _session = session;
    }

    /// <summary>The session is gone, or about to be exchanged: what comes now waits for another.</summary>
    public void Close()
    {
        lock (_gate)
            (_session, _pending) = (null, null);
    }

    /// <summary>Sends audio, or keeps a copy of it until there is a batch of it, or until it can be sent.</summary>
    public void Append(ReadOnlyMemory<byte> audio)
    {
        IRealtimeSession session;
        lock (_gate)
        {
            if (_over)
                return;
            SendWaiting();
            var size = batching.Bytes;
            if (size > audio.Length && IsFree())
            {
                Gather(audio.Span, size);
                return;
            }

            if (!_batch.IsEmpty || !IsFree())
            {
                SendOrKeep(audio);
                return;
            }

            (session, _isSending) = (_session!, true);
        }

        SendAtOnce(session, audio);
    }

    /// <summary>Sends so many samples of silence.</summary>
    public void AppendSilence(int samples)
    {
        for (var left = samples; left > 0; left -= Silence.Second.Length)
            Append(Silence.Second[..Math.Min(left, Silence.Second.Length)]);
    }

    /// <summary>Sends what waits and then a batch that is not whole, as far as it can be sent: frames have stopped coming.</summary>
    public void SendOn()
    {
        lock (_gate)
        {
            if (_over)
                return;
            SendWaiting();
            if (_waiting.IsEmpty)
                SendBatch();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _over = true;
            _waiting.Dispose();
        }
    }

    /// <summary>Audio that is shorter than a batch; what does not go into this one begins the next. The buffer is ours again as soon as a send has begun.</summary>
    private void Gather(ReadOnlySpan<byte> audio, int size)
    {
        while (!audio.IsEmpty)
        {
            if (_batch.IsEmpty)
                _gatheredSince = call.Elapsed;
            audio = audio[_batch.Add(audio, size)..];
            if (_batch.Gathered.Length == size)
                SendBatch();
        }
    }

    /// <summary>Audio that goes by itself: what was gathered before it goes first.</summary>
    private void SendOrKeep(ReadOnlyMemory<byte> audio)
    {
        SendBatch();
        if (_batch.IsEmpty && IsFree())
        {
            Send(audio);
            return;
        }

        // Nothing waits while something is gathered, so here it is the oldest.
        if (!_batch.IsEmpty)
            Keep(_batch.Gathered.Span);
        _batch.Clear();
        Keep(audio.Span);
    }

    private void SendBatch()
    {
        if (_batch.IsEmpty || !CanSend())
            return;
        try
        {
            Send(_batch.Gathered);
        }
        finally
        {
            // Also when it throws: a whole batch that stays takes nothing more, and who fills it would do so for ever.
            _batch.Clear();
        }
    }

    private void Keep(ReadOnlySpan<byte> audio) => call.DroppedBytes += _waiting.Add(audio, IsStuck());

    /// <summary>More than a burst: seconds of silence that stand in for frames are more than a socket takes at once, and must all arrive.</summary>
    private bool IsStuck() => _session is not null && _pending is { IsCompleted: false } && call.Elapsed - _pendingSince >= Burst;

    /// <summary>The usual case: nothing waits, and no lock is held while the system takes the frame. What comes meanwhile waits.</summary>
    private void SendAtOnce(IRealtimeSession session, ReadOnlyMemory<byte> audio)
    {
        Task? pending = null;
        try
        {
            var sending = session.AppendAudioAsync(audio, CancellationToken.None);
            if (sending.IsCompletedSuccessfully)
                sending.GetAwaiter().GetResult();
            else
                pending = sending.AsTask();
        }
        finally
        {
            lock (_gate)
            {
                _isSending = false;
                // A session that was closed meanwhile is no concern of the next one's.
                if (pending is not null && session == _session)
                    (_pending, _pendingSince) = (pending, call.Elapsed);
            }
        }
    }

    private void SendWaiting()
    {
        while (!_waiting.IsEmpty && CanSend())
        {
            var oldest = _waiting.Oldest;
            Send(oldest);
            _waiting.Took(oldest.Length);
        }
    }

    /// <summary>Asked again after the waiting audio was tried: the socket may have become free a moment too late for that, and nothing may overtake it.</summary>
    private bool IsFree() => _waiting.IsEmpty && CanSend();

    private bool CanSend()
    {
        if (_pending is { IsCompleted: true })
        {
            // What it threw is a fault of ours; the loss of a socket is not thrown.
            _pending.GetAwaiter().GetResult();
            _pending = null;
        }

        return _session is not null && _pending is null && !_isSending;
    }

    private void Send(ReadOnlyMemory<byte> audio)
    {
        var sending = _session!.AppendAudioAsync(audio, CancellationToken.None);
        if (sending.IsCompletedSuccessfully)
            sending.GetAwaiter().GetResult();
        else
            (_pending, _pendingSince) = (sending.AsTask(), call.Elapsed);
    }
}
