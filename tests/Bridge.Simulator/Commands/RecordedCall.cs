using Bridge.Simulator.Caller;

namespace Bridge.Simulator.Commands;

/// <summary>
/// One call with a recording: hears the greeting out, plays the recording, perhaps interrupts, listens until it is quiet, hangs up.
/// </summary>
internal sealed class RecordedCall(FakeCaller caller, byte[] recording, int talkAfterMs, bool interrupt)
{
    private const int HeardAtOnceMs = 1000;

    private CloseInfo? _endedEarly;
    private long? _spokeAt;
    private int _clearsBefore;
    private bool _interrupted;

    private PlayoutBuffer Playout => caller.Playout;

    /// <summary>Runs the call, at most so long; told to stop, the caller hangs up.</summary>
    public async Task RunAsync(TimeSpan longest, int quietMs, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(longest);
        try
        {
            Tell("rings, the stream is open");
            await Playout.WaitUntilAsync(playout => playout.ReceivedSamples > 0, limit.Token);
            Tell("hears the greeting");
            await QuietAsync(talkAfterMs, limit.Token);
            Tell("speaks");
            _spokeAt = Playout.NowSamples;
            _clearsBefore = caller.Clears.Count;
            var said = caller.SpeakAsync(recording);
            await said.WaitAsync(limit.Token);
            Tell("has spoken, and listens");
            if (interrupt)
                await InterruptAsync(limit.Token);
            await QuietAsync(quietMs, limit.Token);
        }
        catch (OperationCanceledException)
        {
            Tell(stop.IsCancellationRequested ? "is told to stop" : "has talked long enough");
        }
        catch (InvalidOperationException)
        {
            _endedEarly = await caller.Ended;
            Tell("hears the line go dead");
            return;
        }

        Tell("hangs up");
        await caller.HangUpAsync(CancellationToken.None);
        await Task.WhenAny(caller.Ended, Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None));
    }

    /// <summary>Prints what happened; true when it was a conversation.</summary>
    public bool Report()
    {
        var heard = Playout.Heard();
        var first = caller.Record.Received.FirstOrDefault(message => message.Kind == BridgeMessageKind.Media);
        var greeted = first.AudioBytes > 0;
        var answered = _spokeAt is { } from && heard.Skip((int)from).Chunk(Pcmu.FrameSamples).Count(frame => Pcmu.Loudness(frame) > 400) >= 5;
        Console.WriteLine();
        Console.WriteLine(greeted
            ? $"Greeted after         {caller.Clock.GetElapsedTime(caller.StartedAt, first.At).TotalMilliseconds:F0} ms"
            : "Never greeted");
        Console.WriteLine($"Heard of the bridge   {Pcmu.Milliseconds(Playout.HeardSamples)} ms of audio");
        Console.WriteLine($"Answered              {(answered ? "yes" : "no")}");
        if (interrupt)
            Console.WriteLine($"Could interrupt       {(_interrupted ? "yes" : "no")}");
        var marks = caller.Record.Received.Count(message => message.Kind == BridgeMessageKind.Mark);
        Console.WriteLine($"Marks, clears         {marks}, {caller.Clears.Count}");
        Console.WriteLine($"Ended                 {_endedEarly?.ToString() ?? "by hanging up"}");
        Console.WriteLine($"Violations            {caller.Violations.Count}");
        foreach (var violation in caller.Violations)
            Console.WriteLine($"  {violation}");
        return greeted && answered && caller.Violations.Count == 0 && (_interrupted || !interrupt);
    }

    // Speaks over an answer once a second of it was heard.
    private async Task InterruptAsync(CancellationToken cancellationToken)
    {
        await Playout.WaitUntilAsync(playout => playout.UnheardSamples > 0, cancellationToken);
        var heard = Playout.HeardSamples;
        await Playout.WaitUntilAsync(
            playout => playout.HeardSamples - heard >= Pcmu.Samples(HeardAtOnceMs) || playout.QuietSamples > Pcmu.Samples(500), cancellationToken);
        Tell("interrupts");
        _clearsBefore = caller.Clears.Count;
        await caller.SpeakAsync(Speech.Clip("caller-wait")).WaitAsync(cancellationToken);
        _interrupted = caller.Clears.Count > _clearsBefore;
    }

    private Task QuietAsync(int milliseconds, CancellationToken cancellationToken)
    {
        var from = Playout.NowSamples;
        return Playout.WaitUntilAsync(
            playout => Math.Min(playout.NowSamples - from, playout.QuietSamples) >= Pcmu.Samples(milliseconds), cancellationToken);
    }

    private void Tell(string what) =>
        Console.WriteLine($"{caller.Clock.GetElapsedTime(caller.StartedAt).TotalSeconds,6:F2} s  the caller {what}");
}
