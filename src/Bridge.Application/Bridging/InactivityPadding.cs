using Bridge.Application.Options;
using Bridge.Domain.Playback;

namespace Bridge.Application.Bridging;

/// <summary>
/// When the caller's frames stop in the middle of a sentence, the model would wait for its end for ever: its voice detection
/// counts samples, and none come. So after a while without a frame, while the caller is speaking, silence is appended once.
/// </summary>
internal sealed class InactivityPadding : IAsyncDisposable
{
    private readonly CallInProgress _call;
    private readonly CallerAudioSender _sender;
    private readonly CallerAudioOptions _options;
    private readonly ITimer _timer;
    private bool _speaking;

    public InactivityPadding(CallInProgress call, CallerAudioSender sender, CallerAudioOptions options, TimeProvider time)
    {
        (_call, _sender, _options) = (call, sender, options);
        _timer = time.CreateTimer(static padding => ((InactivityPadding)padding!).Due(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

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

        try
        {
            _sender.AppendSilence((int)Pcmu.ToSamples(_options.InactivitySilenceMs));
        }
        catch (Exception e)
        {
            // Nobody awaits a timer: the call is told.
            _call.Fail(e);
        }
    }

    private void WaitForTheRest()
    {
        var due = _call.LastFrame + TimeSpan.FromMilliseconds(_options.InactivityMs) - _call.Elapsed;
        _timer.Change(due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
