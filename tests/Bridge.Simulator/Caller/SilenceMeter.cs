using System.Globalization;

namespace Bridge.Simulator.Caller;

/// <summary>
/// A stretch of silence while it was the assistant's turn: timestamps of the call's clock, how long after the first stream's beginning it
/// began, and where in the call.
/// </summary>
public sealed record SilentStretch(long From, long To, TimeSpan Length, TimeSpan Began, string Place)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Length.TotalMilliseconds:F0} ms of silence from {Began.TotalMilliseconds:F0} ms on: {Place}");
}

/// <summary>
/// Measures how long the caller was left in silence: nothing in the play-out to play and no sentence being said, while it was the
/// assistant's turn. That turn begins with the first stream and with the last frame of whatever the caller says; it ends when the caller
/// begins to speak, when the script says so, or with the call. What lies between two streams belongs to it too.
/// </summary>
public sealed class SilenceMeter(FakeCaller caller)
{
    private static readonly TimeSpan Notable = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<(long At, bool IsAssistants)> _turns = [];

    /// <summary>The longest silence so far, the one that lasts included.</summary>
    public TimeSpan Longest => Measure().Select(stretch => stretch.Length).DefaultIfEmpty().Max();

    /// <summary>Every silence above a second, in order.</summary>
    public IReadOnlyList<SilentStretch> Stretches => [.. Measure().Where(stretch => stretch.Length > Notable)];

    /// <summary>From now on silence counts.</summary>
    public void AssistantsTurn() => Turn(true);

    /// <summary>The answer is complete, or for another reason nobody expects to hear anything: from now on silence does not count.</summary>
    public void CallersTurn() => Turn(false);

    private void Turn(bool isAssistants)
    {
        lock (_gate)
            _turns.Add((caller.Clock.GetTimestamp(), isAssistants));
    }

    private List<SilentStretch> Measure()
    {
        var streams = caller.AllStreams;
        var silent = new List<SilentStretch>();
        if (streams.Count == 0)
            return silent;
        var end = caller.CallEndedAt ?? caller.Clock.GetTimestamp();
        var audible = Audible(streams);
        foreach (var (from, to) in Turns(streams, end))
        {
            var quietFrom = from;
            foreach (var (began, ended) in audible.Where(sound => sound.To >= from && sound.From <= to))
            {
                Add(quietFrom, began, from);
                quietFrom = Math.Max(quietFrom, ended);
            }

            Add(quietFrom, to, from);
        }

        return silent;

        void Add(long from, long to, long turn)
        {
            if (to <= from)
                return;
            var (where, until) = (Place(streams, from), Place(streams, to));
            silent.Add(new SilentStretch(
                from, to, caller.Clock.GetElapsedTime(from, to), caller.Clock.GetElapsedTime(streams[0].StartedAt, from),
                (where == until ? where : $"from {where} to {until}") + (from == turn ? ", at the turn's beginning" : "")));
        }
    }

    // When something could be heard, in order.
    private List<(long From, long To)> Audible(IReadOnlyList<CallerStream> streams)
    {
        var frequency = caller.Clock.TimestampFrequency;
        var played = streams.SelectMany(stream => stream.Playout.Stretches.Select(stretch => (
            stream.Playout.Origin + (stretch.From * frequency / Pcmu.SampleRate), stream.Playout.Origin + (stretch.To * frequency / Pcmu.SampleRate))));
        var said = caller.Sentences.Select(sentence => (sentence.At, sentence.At + (sentence.Length.Ticks * frequency / TimeSpan.TicksPerSecond)));
        return [.. played.Concat(said).Order()];
    }

    // The assistant's turns.
    private IEnumerable<(long From, long To)> Turns(IReadOnlyList<CallerStream> streams, long end)
    {
        var changes = new List<(long At, bool IsAssistants)> { (streams[0].StartedAt, true) };
        foreach (var utterance in streams.SelectMany(stream => stream.Utterances))
        {
            changes.Add((utterance.Began, false));
            if (utterance.Ended is { } last)
                changes.Add((last, true));
        }

        lock (_gate)
            changes.AddRange(_turns);
        long? from = null;
        foreach (var (at, isAssistants) in changes.OrderBy(change => change.At).Append((end, false)))
        {
            if (isAssistants)
                from ??= at;
            else if (from is { } began)
            {
                yield return (began, Math.Min(at, end));
                from = null;
            }
        }
    }

    private static string Place(IReadOnlyList<CallerStream> streams, long at)
    {
        var stream = streams.LastOrDefault(stream => stream.StartedAt <= at) ?? streams[0];
        var isOver = stream.Ended is { IsCompletedSuccessfully: true, Result.At: var over } && over <= at;
        return isOver ? $"after stream {stream.Number}" : $"in stream {stream.Number}";
    }
}
