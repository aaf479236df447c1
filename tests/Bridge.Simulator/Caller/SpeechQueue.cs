namespace Bridge.Simulator.Caller;

/// <summary>What the caller says next, frame by frame; the line's idle noise when nothing is queued.</summary>
internal sealed class SpeechQueue(bool lineNoise)
{
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
            var frame = Pcmu.Quiet(Pcmu.FrameSamples);
            var length = Math.Min(frame.Length, speech.Audio.Length - _at);
            speech.Audio.AsSpan(_at, length).CopyTo(frame);
            _at += length;
            if (_at < speech.Audio.Length)
                return frame;
            _queue.Dequeue();
            _at = 0;
            said = speech.Said;
            return frame;
        }
    }

    public void Fail(Exception reason)
    {
        lock (_gate)
        {
            while (_queue.TryDequeue(out var speech))
                speech.Said.TrySetException(reason);
        }
    }
}
