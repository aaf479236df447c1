using Bridge.Application.Options;
using Bridge.Domain.Playback;

namespace Bridge.Application.Bridging;

/// <summary>
/// When the caller's frames stop in the middle of a sentence, the model would wait for its end for ever: its voice detection
/// counts samples, and none come. So after a while without a frame, while the caller is speaking, silence is appended once.
/// </summary>
internal sealed class InactivityPadding : IDisposable
{
    private readonly CallInProgress _call;
    private readonly CallerAudioSender _sender;
    private readonly CallerAudioOptions _options;
    private readonly TimerWheel.Entry _due;
    private bool _speaking;

    public InactivityPadding(CallInProgress call, CallerAudioSender sender, CallerAudioOptions options, TimerWheel wheel)
    {
        (_call, _sender, _options) = (call, sender, options);
        _due = wheel.Add(Due, call.Fail);
    }

    /// <summary>The model heard the caller begin.</summary>
    public void SpeechStarted()
    {
        if (_options is { InactivityMs: 0 } or { InactivitySilenceMs: 0 } || !_sender.NeedsSteadyAudio)
            return;
        lock (_call.Gate)
        {
            _speaking = true;
            WaitForTheRest();
        }
    }

    /// <summary>The model heard the caller stop.</summary>
    public void SpeechStopped()
    {
        lock (_call.Gate)
        {
            _speaking = false;
            _due.Never();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _due.Dispose();

    private void Due()
    {
        lock (_call.Gate)
        {
            if (!_speaking)
                return;
            if (_call.Elapsed - _call.LastFrame < TimeSpan.FromMilliseconds(_options.InactivityMs))
            {
                WaitForTheRest();
                return;
            }

            _speaking = false;
            _call.Timeline.Filled(_options.InactivitySilenceMs);
        }

        _sender.AppendSilence((int)Pcmu.ToSamples(_options.InactivitySilenceMs));
        // No frame will come that would fill a batch.
        _sender.SendOn();
    }

    private void WaitForTheRest() =>
        _due.After(_call.LastFrame + TimeSpan.FromMilliseconds(_options.InactivityMs) - _call.Elapsed);
}
