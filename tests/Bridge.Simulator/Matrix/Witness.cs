using Bridge.Simulator.Caller;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix;

/// <summary>
/// A call that has nothing to do with the fault beside it: its caller reads numbered frames from a tape, half a second of speech
/// every five seconds, and the model answers each time. Whatever happens to it, the fault was not kept to itself.
/// </summary>
internal sealed class Witness : IAsyncDisposable
{
    private const int CycleFrames = 250, PhaseFrames = 15, LoudFrames = 25, TapeFrames = 40_000;

    /// <summary>What was sent later than this before a judgement may still be on its way.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(750);

    private static readonly byte[] Tape = Record();

    private readonly string _name;
    private readonly FakeCaller _caller;
    private readonly FakeConversation _session;
    private readonly Task _speaking;
    private long _judgedBytes;
    private int? _nextStamp;
    private int _corrupt, _outOfOrder, _afterClear, _clears;

    private Witness(int number, FakeCaller caller, FakeConversation session)
    {
        (_name, _caller, _session) = ($"witness {number}", caller, session);
        _speaking = caller.SpeakAsync(Tape[((number - 1) * PhaseFrames * Pcmu.FrameSamples)..]);
    }

    /// <summary>What a witness's model does.</summary>
    public static FakeModelOptions Model { get; } = new()
    {
        Greeting = ModelAnswer.Tones(600) with { Speed = 8 },
        Answers = [ModelAnswer.Tones(1200) with { Speed = 4 }],
    };

    public static async Task<Witness> DialAsync(FaultRun run, int number, CancellationToken cancellationToken)
    {
        var caller = await FakeCaller.DialAsync(run.Caller, cancellationToken);
        return new Witness(number, caller, await run.Model.NextConversationAsync(cancellationToken));
    }

    /// <summary>The session's socket is open.</summary>
    public bool HasSession => !_session.Closed.IsCompleted;

    /// <summary>What was wrong with this call between two moments; the measurements are added to those of the others.</summary>
    public IEnumerable<string> Judge(long from, long to, WitnessDelays delays)
    {
        if (_caller.Ended.IsCompleted || _session.Closed.IsCompleted)
            return [$"{_name} was ended {(_caller.Ended.IsCompleted ? _caller.Ended.Result : _session.Closed.Result)}"];
        return [.. Up(from, to, delays), .. Down(from, to, delays)];
    }

    public Task HangUpAsync() => _caller.Ended.IsCompleted ? Task.CompletedTask : _caller.HangUpAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await HangUpAsync();
        await _caller.DisposeAsync();
        await _speaking.ContinueWith(static said => said.Exception, TaskScheduler.Default);
    }

    // Frame n of the caller is bytes 160 n and on, at both ends.
    private List<string> Up(long from, long to, WitnessDelays delays)
    {
        var problems = new List<string>();
        var clock = _caller.Clock;
        var frames = _caller.Record.SentFrames;
        for (var n = 0; n < frames.Count; n++)
        {
            if (frames[n] >= from && frames[n] < to)
                delays.Lateness.Add(clock.GetElapsedTime(_caller.StartedAt, frames[n]) - TimeSpan.FromMilliseconds(20 * (n + 1)));
        }

        foreach (var append in _session.Record.Appends)
        {
            var n = (int)((append.TotalBytes - 1) / Pcmu.FrameSamples);
            if (append.At >= from && append.At < to && n < frames.Count && frames[n] > (_session.ConfiguredAt ?? long.MaxValue))
                delays.Up.Add(clock.GetElapsedTime(frames[n], append.At));
        }

        var sent = (long)frames.Count(at => clock.GetElapsedTime(at, to) > Grace) * Pcmu.FrameSamples;
        var audio = _session.Record.Audio();
        if (audio.Length < sent)
            problems.Add($"{_name}: {(sent - audio.Length) / Pcmu.FrameSamples} frames of the caller are missing");
        for (var at = (int)_judgedBytes; at + Pcmu.FrameSamples <= audio.Length; at += Pcmu.FrameSamples)
        {
            if (Watermark.TryRead(audio.AsSpan(at, Pcmu.FrameSamples), out var mark) && mark.Ordinal == CallerStamp.Line && mark.Frame == (_nextStamp ?? mark.Frame))
                _nextStamp = mark.Frame + 1;
            else if (_nextStamp is not null)
            {
                problems.Add($"{_name}: the model got frame {(mark == default ? "?" : mark.Frame)} of the caller in place of {_nextStamp}");
                _nextStamp = mark == default ? null : mark.Frame + 1;
            }
        }

        _judgedBytes = audio.Length / Pcmu.FrameSamples * Pcmu.FrameSamples;
        return problems;
    }

    private List<string> Down(long from, long to, WitnessDelays delays)
    {
        var problems = new List<string>();
        var clock = _caller.Clock;
        var playout = _caller.Playout;
        var arrivals = playout.Arrivals.DistinctBy(arrival => arrival.Mark).ToDictionary(arrival => arrival.Mark, arrival => arrival.At);
        var deltas = _session.Ledger.SelectMany(item => item.Deltas.Select(delta => (item.Ordinal, Delta: delta))).ToList();
        foreach (var (ordinal, delta) in deltas.Where(one => one.Delta.At >= from && clock.GetElapsedTime(one.Delta.At, to) > Grace))
        {
            if (arrivals.TryGetValue(new Watermark(ordinal, delta.FirstFrame + delta.Frames - 1), out var at))
                delays.Down.Add(clock.GetElapsedTime(delta.At, at));
            else
                problems.Add($"{_name}: a piece of the assistant's audio never came");
        }

        var item = _session.Ledger.FirstOrDefault(item => item.Deltas is [.., var last] && clock.GetElapsedTime(last.At, to) > Grace
            && playout.Item(item.Ordinal).Received != item.GeneratedSamples);
        if (item is not null)
            problems.Add($"{_name}: {playout.Item(item.Ordinal).Received} samples came of an answer of {item.GeneratedSamples}");
        Count(ref _corrupt, playout.BlocksCorrupt, "changed");
        Count(ref _outOfOrder, playout.BlocksOutOfOrder, "out of order");
        Count(ref _afterClear, playout.BlocksAfterClear, "late");
        Count(ref _clears, _caller.Clears.Count, "cleared");
        if (Recordings.Fillers(_caller) + Recordings.SayAgains(_caller) > 0)
            problems.Add($"{_name} heard a recording");
        problems.AddRange(_session.Violations.Concat(_caller.Violations).Select(violation => $"{_name}: {violation}"));
        return problems;

        void Count(ref int before, int now, string what)
        {
            if (now > before)
                problems.Add($"{_name}: {now - before} pieces of the assistant's audio came {what}");
            before = now;
        }
    }

    private static byte[] Record()
    {
        var audio = Pcmu.Quiet(TapeFrames * Pcmu.FrameSamples);
        var loud = Speech.Tone(LoudFrames * 20);
        for (var cycle = CycleFrames / 2; cycle + LoudFrames < TapeFrames; cycle += CycleFrames)
            loud.CopyTo(audio.AsSpan(cycle * Pcmu.FrameSamples));
        return CallerStamp.Stamp(audio);
    }
}
