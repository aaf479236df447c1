namespace Bridge.Simulator.Caller;

/// <summary>
/// One time the caller spoke without a pause: when its first and its last frame were sent, timestamps of the call's clock. Null: it is not
/// over.
/// </summary>
public readonly record struct Utterance(long Began, long? Ended);

/// <summary>What the caller says next, frame by frame; the line's idle noise when nothing is queued.</summary>
internal sealed class SpeechQueue(bool lineNoise, TimeProvider clock)
{
    private readonly List<Utterance> _utterances = [];
    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Audio, TaskCompletionSource Said)> _queue = new();
    private readonly byte[] _idle = [.. Enumerable.Range(0, Pcmu.FrameSamples).Select(i => lineNoise && i % 2 == 0 ? (byte)0x7F : Pcmu.Silence)];
    private int _at;

    public bool IsSpeaking
    {
        get
        {
            lock (_gate)
                return _queue.Count > 0;
        }
    }

    /// <summary>Every time the caller spoke; what is queued without a gap is one.</summary>
    public IReadOnlyList<Utterance> Utterances
    {
        get
        {
            lock (_gate)
                return [.. _utterances];
        }
    }

    /// <summary>Queues speech; the task completes when its last frame was sent.</summary>
    public Task Add(byte[] audio)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (audio.Length == 0)
            return Task.CompletedTask;
        lock (_gate)
            _queue.Enqueue((audio, said));
        return said.Task;
    }

    /// <summary>The next frame, and whom to tell when it is sent.</summary>
    public byte[] Next(out TaskCompletionSource? said)
    {
        said = null;
        lock (_gate)
        {
            if (!_queue.TryPeek(out var speech))
                return _idle;
            if (_utterances.Count == 0 || _utterances[^1].Ended is not null)
                _utterances.Add(new Utterance(clock.GetTimestamp(), null));
            var frame = Pcmu.Quiet(Pcmu.FrameSamples);
            var length = Math.Min(frame.Length, speech.Audio.Length - _at);
            speech.Audio.AsSpan(_at, length).CopyTo(frame);
            _at += length;
            if (_at < speech.Audio.Length)
                return frame;
            _queue.Dequeue();
            _at = 0;
            said = speech.Said;
            if (_queue.Count == 0)
                End();
            return frame;
        }
    }

    public void Fail(Exception reason)
    {
        lock (_gate)
        {
            while (_queue.TryDequeue(out var speech))
                speech.Said.TrySetException(reason);
            _at = 0;
            End();
        }
    }

    private void End()
    {
        if (_utterances.Count > 0 && _utterances[^1].Ended is null)
            _utterances[^1] = _utterances[^1] with { Ended = clock.GetTimestamp() };
    }
}
