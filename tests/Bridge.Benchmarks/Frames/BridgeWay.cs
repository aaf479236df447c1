using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.CallerAudio;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;
using Bridge.Infrastructure.Realtime.OpenAI;
using Bridge.Infrastructure.Twilio;

namespace Bridge.Benchmarks.Frames;

/// <summary>
/// What Bridge does with a frame each way, from received bytes to bytes to send: what its pumps do, without tasks and sockets.
/// The call's time is stepped, so that it is in step with the audio however fast the frames come.
/// </summary>
internal sealed class BridgeWay
{
    private readonly Lock _gate = new();
    private readonly Call _call;
    private readonly CallerTimeline _timeline;
    private readonly CallerPace _pace;
    private readonly OpenAIEventReader _model = new();
    private readonly TwilioMessageWriter _twilio;
    private TimeSpan _elapsed;
    private TimeSpan _lastFrame;
    private int _commands;

    public BridgeWay(string streamSid)
    {
        if (!CallIdentity.TryCreate("CA0123456789abcdef0123456789abcdef", streamSid, out var identity))
            throw new ArgumentException("No stream's name.", nameof(streamSid));
        var options = new BridgeOptions();
        _call = new Call(identity);
        _call.StreamStarted();
        _timeline = new CallerTimeline(options.CallerAudio.LongestGapMs);
        _pace = new CallerPace(options.CallerAudio.BurstMs, (int)options.MediaTimeout.TotalMilliseconds, options.CallerAudio.TooFastFor);
        _twilio = new TwilioMessageWriter(streamSid);
    }

    /// <summary>A <c>media</c> of Twilio's to an <c>append</c> for the model. Returns how many bytes were written.</summary>
    public int CallerFrame(Memory<byte> received, Span<byte> sent)
    {
        _elapsed += TimeSpan.FromMilliseconds(CallerFrames.Milliseconds);
        var frame = TwilioMessageReader.Read(received);
        return frame.Kind == TwilioMessageKind.Media && Keep(frame) ? new OpenAICommandWriter.AppendAudio(++_commands, frame.Audio).Write(sent) : 0;
    }

    /// <summary>A delta of the model's to a <c>media</c> for Twilio, with the marks that the call wants. Returns how many bytes were written.</summary>
    public int AssistantDelta(Memory<byte> received, Span<byte> sent)
    {
        _elapsed += TimeSpan.FromMilliseconds(AssistantDeltas.Milliseconds);
        var delta = _model.Read(received).Event;
        if (delta.Kind != RealtimeEventKind.AudioDelta)
            return 0;
        PlaybackMarks marks;
        lock (_gate)
        {
            var decision = _call.Play(delta.ResponseId!, delta.Item, delta.Audio.Length, _elapsed);
            if (!decision.Send)
                return 0;
            marks = decision.Marks;
        }

        var length = marks.Before is { } before ? _twilio.Mark(before).Write(sent) : 0;
        length += _twilio.Media(delta.Audio).Write(sent[length..]);
        return length + (marks.After is { } after ? _twilio.Mark(after).Write(sent[length..]) : 0);
    }

    private bool Keep(in TwilioMessage frame)
    {
        lock (_gate)
        {
            var since = _elapsed - _lastFrame;
            _lastFrame = _elapsed;
            if (frame.TimestampMs is { } timestamp)
                _call.CallerAudio(timestamp, _elapsed);
            _call.CallerSound(frame.Audio.Span, _elapsed);
            var decision = _timeline.Take(frame.TimestampMs, frame.Audio.Length, since);
            return decision.Keep && _pace.Take(decision.Silence + frame.Audio.Length, _elapsed);
        }
    }
}
