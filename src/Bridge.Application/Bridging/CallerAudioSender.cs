using Bridge.Application.Abstractions;

namespace Bridge.Application.Bridging;

/// <summary>
/// The one way of the caller's audio to the model, in order: frames, and the silence that stands in for missing ones. Nobody
/// waits here. There is no queue while the model's socket takes the audio at once; what it cannot take yet waits beside, and
/// goes first with the next audio.
/// </summary>
internal sealed class CallerAudioSender(CallInProgress call) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly WaitingAudio _waiting = new();
    private IRealtimeSession? _session;
    private Task? _pending;
    private TimeSpan _pendingSince;
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

    /// <summary>Sends audio, or keeps a copy of it until it can be sent.</summary>
    public void Append(ReadOnlyMemory<byte> audio)
    {
        lock (_gate)
        {
            if (_over)
                return;
            SendWaiting();
            if (CanSend())
                Send(audio);
            else
                call.DroppedBytes += _waiting.Add(audio.Span, stuck: _session is not null);
        }
    }

    /// <summary>Sends so many samples of silence.</summary>
    public void AppendSilence(int samples)
    {
        for (var left = samples; left > 0; left -= Silence.Second.Length)
            Append(Silence.Second[..Math.Min(left, Silence.Second.Length)]);
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

    private void SendWaiting()
    {
        while (!_waiting.IsEmpty && CanSend())
        {
            var oldest = _waiting.Oldest;
            Send(oldest);
            _waiting.Took(oldest.Length);
        }
    }

    private bool CanSend()
    {
        if (_pending is { IsCompleted: true })
        {
            // What it threw is a fault of ours; the loss of a socket is not thrown.
            _pending.GetAwaiter().GetResult();
            _pending = null;
        }

        return _session is not null && _pending is null;
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
