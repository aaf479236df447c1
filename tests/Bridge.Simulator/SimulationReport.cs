using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator;

/// <summary>
/// What a conversation was like: its delays, and for each interruption what the caller heard against what the model remembers.
/// <paramref name="closing"/> is how long the model's socket outlived the call, null when it did not close in time.
/// </summary>
public sealed class SimulationReport(FakeCaller caller, FakeConversation session, IReadOnlyList<CallScript.Turn> turns, TimeSpan? closing)
{
    /// <summary>How far the model's memory may be from what was heard, milliseconds: two frames.</summary>
    public const int ToleranceMs = 40;

    private readonly List<InterruptedItem> _interrupted = [.. InterruptedItem.Of(caller, session)];

    /// <summary>Where what was heard was written.</summary>
    public string? HeardFile { get; init; }

    public IReadOnlyList<InterruptedItem> Interrupted => _interrupted;

    public bool IsRight => !Problems().Any();

    /// <summary>Everything that was not as it should be, in sentences.</summary>
    public IEnumerable<string> Problems()
    {
        var interruptions = Interruptions.Count();
        if (caller.Clears.Count != interruptions)
            yield return $"The caller interrupted {interruptions} times, and 'clear' came {caller.Clears.Count} times.";
        foreach (var number in Enumerable.Range(1, interruptions).Where(number => _interrupted.All(item => item.Interruption != number)))
            yield return $"Interruption {number} left nothing unheard: it came too late to show anything.";
        foreach (var item in _interrupted)
        {
            if (item.ToldMs is null)
                yield return $"{item.Item.ItemId}: {item.HeardMs} of {item.GeneratedMs} ms were heard, and the model was not told.";
            else if (Math.Abs(item.DifferenceMs!.Value) > ToleranceMs)
                yield return $"{item.Item.ItemId}: heard {item.HeardMs} ms, told {item.ToldMs} ms.";
        }

        foreach (var item in HeardOut().Where(item => item.TruncatedToMs is not null))
            yield return $"{item.ItemId} was heard to its end and yet truncated to {item.TruncatedToMs} ms.";
        foreach (var error in session.Errors)
            yield return $"The model answered with an error: {error.Code} {error.Message}";
        foreach (var violation in session.Violations.Concat(caller.Violations))
            yield return $"A breach of the protocol: {violation}";
        if (caller.Playout.BlocksCorrupt + caller.Playout.BlocksOutOfOrder + caller.Playout.BlocksAfterClear is var blocks and > 0)
            yield return $"{blocks} blocks of 20 ms came to the caller changed, out of order or too late.";
        if (!caller.Record.SentAudio().AsSpan().StartsWith(session.Record.Audio()))
            yield return "The caller's audio did not come to the model as it was sent.";
        if (MissingFrames() > 5)
            yield return $"{MissingFrames()} of the caller's frames never came to the model.";
        if (closing is null)
            yield return "The sockets were not closed within a second of the caller's hanging up.";
    }

    public void Print(TextWriter to)
    {
        PrintTimes(to);
        PrintInterruptions(to);
        var playout = caller.Playout;
        to.WriteLine($"Caller's frames        {caller.Record.SentFrames.Count} sent, {MissingFrames()} not arrived when the call ended");
        to.WriteLine($"Blocks to the caller   {playout.Arrivals.Count} of 20 ms: {playout.BlocksCorrupt} changed, "
            + $"{playout.BlocksOutOfOrder} out of order, {playout.BlocksAfterClear} after they were cut");
        to.WriteLine($"Breaches, errors       {caller.Violations.Count + session.Violations.Count}, {session.Errors.Count}");
        if (HeardFile is not null)
            to.WriteLine($"What the caller heard  {HeardFile}");
        to.WriteLine();
        foreach (var problem in Problems())
            to.WriteLine("WRONG: " + problem);
        to.WriteLine(IsRight ? "The conversation was right: the model remembers what the caller heard." : "The conversation was NOT right.");
    }

    private void PrintTimes(TextWriter to)
    {
        var silence = session.Received.Select(message => message["session.audio.input.turn_detection.silence_duration_ms"])
            .FirstOrDefault(milliseconds => milliseconds is not null) ?? "?";
        var closed = closing is { } time ? FormattableString.Invariant($"{time.TotalMilliseconds:F0} ms after the hang-up") : "NOT within a second";
        var cuts = Interruptions.Select(turn => Ms(turn.SilentAt - turn.Began));
        to.WriteLine();
        to.WriteLine($"First audio            {Ms(First()?.At - caller.StartedAt)} after the stream was open");
        to.WriteLine($"Answers                {string.Join(", ", AnswerTimes())} after the caller's last frame");
        to.WriteLine($"                       (the voice detection alone waits {silence} ms of quiet, counted from the last loud frame)");
        to.WriteLine($"Interruptions          {string.Join(", ", cuts)} from the caller's first frame to the 'clear'");
        to.WriteLine($"                       (the voice detection alone waits for {session.Options.VadOnsetMs} ms of speech, the first frame's {Pcmu.Milliseconds(Pcmu.FrameSamples)} ms among them)");
        to.WriteLine($"Added to the model     {Latencies.Up(caller, session)}");
        to.WriteLine($"Added to the caller    {Latencies.Down(caller, session)}");
        to.WriteLine($"Model's socket closed  {closed}");
        to.WriteLine();
    }

    private void PrintInterruptions(TextWriter to)
    {
        to.WriteLine("Interruption           item   generated       heard        told  difference");
        foreach (var item in _interrupted)
        {
            var how = Interruptions.ElementAtOrDefault(item.Interruption - 1)?.WhileGenerating == true ? "while generating" : "after generating";
            var told = item.ToldMs is { } end ? $"{end} ms" : "nothing";
            to.WriteLine($"{item.Interruption}, {how,-17} {item.Item.Ordinal,6} {item.GeneratedMs,8} ms {item.HeardMs,8} ms {told,11} "
                + $"{item.DifferenceMs,8:+0;-0;0} ms");
        }

        var heardOut = HeardOut().Where(item => item.TruncatedToMs is null).Select(item => $"item {item.Ordinal}");
        to.WriteLine($"Heard to the end, never truncated: {string.Join(", ", heardOut)}");
        to.WriteLine();
    }

    private IEnumerable<CallScript.Turn> Interruptions => turns.Where(turn => turn.SilentAt is not null);

    private IEnumerable<LedgerItem> HeardOut() => session.Ledger.Where(item => caller.Playout.Item(item.Ordinal).Heard >= item.GeneratedSamples);

    private long MissingFrames() => (caller.Record.SentBytes - session.Record.AudioBytes) / Pcmu.FrameSamples;

    private BlockArrival? First() => caller.Playout.Arrivals is [var first, ..] ? first : null;

    // The first block of the first item that came after each turn.
    private IEnumerable<string> AnswerTimes()
    {
        var firsts = caller.Playout.Arrivals.Where(arrival => arrival.Mark.Frame == 0).ToList();
        return turns.Select(turn => Ms(firsts.Find(arrival => arrival.At > turn.Ended) is { At: > 0 } first ? first.At - turn.Ended : null));
    }

    private string Ms(long? timestamps) => timestamps is { } some
        ? FormattableString.Invariant($"{some * 1000.0 / caller.Clock.TimestampFrequency:F0} ms")
        : "never";
}
