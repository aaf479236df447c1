using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Bridge.Application.Abstractions;
using Bridge.Application.Options;
using Bridge.Domain.Playback;
using Bridge.Domain.Transcripts;
using Bridge.Domain.Turns;

namespace Bridge.Infrastructure.Realtime.Echo;

/// <summary>
/// A conversation with nobody: greets from a file, and answers each turn of the caller's with that turn. Like a real model
/// it says everything faster than it can be heard, so an interruption finds audio to cut.
/// </summary>
internal sealed class EchoRealtimeSession(string id, byte[] greeting, TurnDetectionOptions turns) : IRealtimeSession
{
    private const int Delta = 100 * Pcmu.SamplesPerMillisecond;
    private static readonly long LongestTurn = Pcmu.ToSamples(60_000);
    private readonly Channel<RealtimeEvent> _events = Channel.CreateUnbounded<RealtimeEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly EchoVoiceActivity _voice = new(turns);
    private readonly byte[] _block = new byte[EchoVoiceActivity.Block];
    private readonly long _prefix = Pcmu.ToSamples(turns.PrefixPaddingMs);
    private readonly List<byte> _turn = [];
    private int _inBlock;
    private int _responses;

    public string Id => id;

    /// <summary>The voice detection here counts samples.</summary>
    public RealtimeCapabilities Capabilities { get; } = new(NeedsSteadyAudio: true);

    /// <summary>It lives as long as the call.</summary>
    public TimeSpan? Lifetime => null;

    public async IAsyncEnumerable<RealtimeEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in _events.Reader.ReadAllAsync(cancellationToken))
            yield return e;
    }

    public ValueTask AppendAudioAsync(ReadOnlyMemory<byte> pcmu, CancellationToken cancellationToken)
    {
        foreach (var sample in pcmu.Span)
        {
            _block[_inBlock++] = sample;
            if (_inBlock < _block.Length)
                continue;
            _inBlock = 0;
            Hear();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask CreateResponseAsync(ResponseRequest request, CancellationToken cancellationToken)
    {
        Say(greeting, request.Number);
        return ValueTask.CompletedTask;
    }

    /// <summary>A response is over as soon as it begins, so there is nothing to stop.</summary>
    public ValueTask CancelResponseAsync(string responseId, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>It is always there.</summary>
    public ValueTask ProbeAsync(CancellationToken cancellationToken)
    {
        _events.Writer.TryWrite(new RealtimeEvent(RealtimeEventKind.Error, Error: new RealtimeError("probe", "", "", RealtimeErrorKind.Harmless)));
        return ValueTask.CompletedTask;
    }

    /// <summary>Nothing is remembered here, so there is nothing to correct.</summary>
    public ValueTask CorrectAsync(TranscriptTurn turn, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Nothing is remembered here, so there is nothing to shorten.</summary>
    public ValueTask TruncateAsync(Truncation truncation, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    private void Hear()
    {
        var activity = _voice.Take(_block);
        if (_turn.Count < LongestTurn)
            _turn.AddRange(_block);
        switch (activity)
        {
            case VoiceActivity.Started:
                _events.Writer.TryWrite(new RealtimeEvent(RealtimeEventKind.SpeechStarted));
                break;
            case VoiceActivity.Stopped:
                _events.Writer.TryWrite(new RealtimeEvent(RealtimeEventKind.SpeechStopped));
                Say([.. _turn], null);
                _turn.Clear();
                break;
            case VoiceActivity.None when !_voice.Speaking && _turn.Count > _prefix:
                // Between turns only the padding before the next one is kept.
                _turn.RemoveRange(0, _turn.Count - (int)_prefix);
                break;
        }
    }

    private void Say(byte[] audio, int? request)
    {
        var number = Interlocked.Increment(ref _responses);
        var response = $"resp_{id}_{number}";
        var item = new ItemKey($"item_{id}_{number}", 0);
        var events = _events.Writer;
        events.TryWrite(new RealtimeEvent(RealtimeEventKind.ResponseStarted, response) { Request = request });
        for (var at = 0; at < audio.Length; at += Delta)
            events.TryWrite(new RealtimeEvent(RealtimeEventKind.AudioDelta, response, item, audio.AsMemory(at, Math.Min(Delta, audio.Length - at))));
        events.TryWrite(new RealtimeEvent(RealtimeEventKind.ItemFinished, response, item));
        events.TryWrite(new RealtimeEvent(RealtimeEventKind.ResponseFinished, response));
    }
}
