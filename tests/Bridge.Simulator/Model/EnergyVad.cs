namespace Bridge.Simulator.Model;

/// <summary>The caller began or ceased to speak; <paramref name="AudioMs"/> counts the audio appended to the session.</summary>
internal readonly record struct VadEvent(bool Started, int AudioMs);

/// <summary>
/// Voice activity by loudness, in windows of 20 ms, counted in samples and never in time. Line noise (0x7F, 0xFF) has no loudness.
/// </summary>
internal sealed class EnergyVad(int loudness = 400, int onsetMs = 60)
{
    private readonly byte[] _window = new byte[Pcmu.FrameSamples];
    private int _filled;
    private long _samples;
    private int _loudRun;
    private int _quietRun;

    public bool IsSpeaking { get; private set; }

    /// <summary>Milliseconds of audio so far.</summary>
    public int NowMs => Pcmu.Milliseconds(_samples);

    /// <summary>Takes the next audio and returns what it decided, in order.</summary>
    public List<VadEvent> Append(ReadOnlySpan<byte> audio, int prefixPaddingMs, int silenceDurationMs)
    {
        var events = new List<VadEvent>();
        foreach (var code in audio)
        {
            _window[_filled++] = code;
            _samples++;
            if (_filled < _window.Length)
                continue;
            _filled = 0;
            if (Decide(Pcmu.Loudness(_window) >= loudness, prefixPaddingMs, silenceDurationMs) is { } decided)
                events.Add(decided);
        }

        return events;
    }

    private VadEvent? Decide(bool loud, int prefixPaddingMs, int silenceDurationMs)
    {
        _loudRun = loud ? _loudRun + 20 : 0;
        _quietRun = loud ? 0 : _quietRun + 20;
        if (!IsSpeaking && _loudRun >= onsetMs)
        {
            IsSpeaking = true;
            return new VadEvent(true, Math.Max(0, NowMs - _loudRun - prefixPaddingMs));
        }

        if (!IsSpeaking || _quietRun < silenceDurationMs)
            return null;
        IsSpeaking = false;
        return new VadEvent(false, NowMs);
    }
}
