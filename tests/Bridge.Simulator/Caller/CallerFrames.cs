namespace Bridge.Simulator.Caller;

/// <summary>
/// The caller's media frames, one each 20 ms, and everything that can be odd about them: lost, late, repeated, stamped wrongly, or not
/// there at all.
/// </summary>
public sealed class CallerFrames
{
    private readonly Lock _gate = new();
    private readonly FakeCallerOptions _options;
    private readonly TwilioWire _wire;
    private readonly SpeechQueue _speech;
    private byte[] _frame = [];
    private string? _text;
    private string? _spoilt;
    private int _spoil;
    private int _lose;
    private int _pause;
    private bool _pauseUsesTime;
    private int _offsetMs;

    internal CallerFrames(FakeCallerOptions options, TwilioWire wire, SpeechQueue speech) => (_options, _wire, _speech) = (options, wire, speech);

    /// <summary>The last frame's timestamp, milliseconds.</summary>
    public int MediaTimeMs { get; private set; }

    /// <summary>Nothing is sent until this is false again: as a pause of unknown length, with the timestamps going on.</summary>
    internal bool IsSilent { get; set; }

    /// <summary>The network loses the next frames: their time passes and their numbers are used, but they are not sent.</summary>
    public void Lose(int frames) => Locked(() => _lose += frames);

    /// <summary>
    /// Twilio sends nothing for so long, and no number is used. The timestamps afterwards show the gap, and what the caller said in it is
    /// lost; or, with <paramref name="timestampsGoOn"/> false, they continue as if no time had passed, and so does the caller.
    /// </summary>
    public void Pause(int milliseconds, bool timestampsGoOn = true) =>
        Locked(() => (_pause, _pauseUsesTime) = (_pause + (milliseconds / 20), timestampsGoOn));

    /// <summary>The next frame is stamped 0, and the others count on from there.</summary>
    public void RestartTimestamps() => Locked(() => _offsetMs = -_options.FirstTimestampMs - (20 * _wire.Chunks));

    /// <summary>The next frames carry this text for a timestamp.</summary>
    public void SpoilTimestamps(string timestamp, int frames = 1) => Locked(() => (_spoilt, _spoil) = (timestamp, frames));

    /// <summary>The next frame and its message, and whom to tell when it ends what was said; no message for a frame that is not sent.</summary>
    internal (string? Text, byte[] Frame) Next(out TaskCompletionSource? said)
    {
        lock (_gate)
        {
            said = null;
            if (_pause > 0 || IsSilent)
            {
                var timePasses = IsSilent || _pauseUsesTime;
                _pause = Math.Max(0, _pause - 1);
                if (!timePasses)
                    return (null, []);
                _offsetMs += 20;
                _speech.Next(out said);
                return (null, []);
            }

            _frame = _speech.Next(out said);
            MediaTimeMs = _options.FirstTimestampMs + (20 * _wire.Chunks) + _offsetMs + _options.Irregularity(_wire.Chunks + 1);
            if (_lose > 0)
            {
                _lose--;
                _wire.SkipMedia();
                return (null, []);
            }

            _text = _spoil > 0 ? _wire.Media(_spoilt!, _frame) : _wire.Media(MediaTimeMs, _frame);
            _spoil = Math.Max(0, _spoil - 1);
            return (_text, _frame);
        }
    }

    /// <summary>The last frame once more, to the letter.</summary>
    internal (string? Text, byte[] Frame) Again()
    {
        lock (_gate)
            return (_text, _frame);
    }

    /// <summary>One more frame, of an idle line, stamped so much before the last one.</summary>
    internal (string? Text, byte[] Frame) Late(int milliseconds)
    {
        lock (_gate)
        {
            var frame = Pcmu.Quiet(Pcmu.FrameSamples);
            _offsetMs -= 20; // Its number is one more, but the others go on in time as if it had not been sent.
            return (_wire.Media(MediaTimeMs - milliseconds, frame), frame);
        }
    }

    private void Locked(Action change)
    {
        lock (_gate)
            change();
    }
}
