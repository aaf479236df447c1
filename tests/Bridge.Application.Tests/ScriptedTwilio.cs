using Bridge.Application.Abstractions;
using Bridge.Domain.Calls;
using Bridge.Domain.Playback;

namespace Bridge.Application.Tests;

/// <summary>A Twilio that says what the test lets it say, and writes down what it is told.</summary>
internal sealed class ScriptedTwilio(OrderLog log, string name = "twilio", CallIdentity? identity = null) : ITwilioMediaSocket
{
    private readonly Script<MediaStreamEvent> _script = new(e => e.Audio);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<CancellationToken, Task<MediaStreamStart>> Handshake { get; set; } =
        _ => Task.FromResult(new MediaStreamStart(identity ?? TestNames.Identity, TestNames.AccountSid, new Dictionary<string, string>()));

    /// <summary>Thrown by whatever is sent here.</summary>
    public Exception? SendFault { get; set; }

    /// <summary>What is sent here waits until <see cref="TakesAgain"/>, or until the stream is closed: Twilio does not read.</summary>
    public bool Stuck { get; set; }

    /// <summary>Done while audio is put together for it.</summary>
    public Action Sending { get; set; } = () => { };

    public MediaStreamSkips Skips { get; set; }

    /// <summary>Done as soon as the stream is to be closed.</summary>
    public Action Closing { get; set; } = () => { };

    /// <summary>Twilio reads again what it had left lying.</summary>
    public void TakesAgain()
    {
        Stuck = false;
        _taken.TrySetResult();
        _taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public Task SaysAsync(MediaStreamEvent e) => _script.SaysAsync(e);

    public Task FrameAsync(long? timestampMs, byte sample = 0x55, int bytes = 160)
    {
        var audio = new byte[bytes];
        audio.AsSpan().Fill(sample);
        return SaysAsync(new MediaStreamEvent(MediaStreamEventKind.Media, audio, timestampMs));
    }

    public Task MarkAsync(int generation, int sequence) =>
        SaysAsync(new MediaStreamEvent(MediaStreamEventKind.Mark, Mark: new Mark(generation, sequence)));

    public Task StopAsync() => SaysAsync(new MediaStreamEvent(MediaStreamEventKind.Stop));

    public void Ends(Exception? fault = null) => _script.Ends(fault);

    /// <summary>A close ends the reading of a handshake that does not come.</summary>
    public async Task<MediaStreamStart> HandshakeAsync(CancellationToken cancellationToken)
    {
        var handshake = Handshake(cancellationToken);
        if (await Task.WhenAny(handshake, _closed.Task) != handshake)
            throw new MediaStreamException("Twilio closed before it said start.");
        return await handshake;
    }

    public IAsyncEnumerable<MediaStreamEvent> ReadEventsAsync(CancellationToken cancellationToken) => _script.ReadAsync(cancellationToken);

    public async ValueTask SendMediaAsync(ReadOnlyMemory<byte> pcmu, PlaybackMarks marks, CancellationToken cancellationToken)
    {
        Sending();
        if (marks.Before is { } before)
            await SendMarkAsync(before, cancellationToken);
        await Told($"{name} media {pcmu.Length}");
        if (marks.After is { } after)
            await SendMarkAsync(after, cancellationToken);
    }

    public ValueTask SendMarkAsync(Mark mark, CancellationToken cancellationToken) => Told($"{name} mark g{mark.Generation}m{mark.Sequence}");

    public ValueTask SendClearAsync(CancellationToken cancellationToken) => Told($"{name} clear");

    public Task CloseAsync(bool isRefused)
    {
        Closing();
        log.Add(isRefused ? $"{name} refuse" : $"{name} close");
        _script.Ends();
        _closed.TrySetResult();
        _taken.TrySetResult();
        return Task.CompletedTask;
    }

    private ValueTask Told(string what)
    {
        log.Add(what);
        if (SendFault is not null)
            throw SendFault;
        return Stuck ? new ValueTask(_taken.Task) : ValueTask.CompletedTask;
    }
}
