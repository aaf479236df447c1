using Bridge.Simulator.Caller;
using Bridge.Simulator.Faults;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix;

/// <summary>The call that a fault happens to: its caller, the sessions it had, and what its caller heard.</summary>
internal sealed class FaultCall(FaultRun run, FakeCaller caller, int before, CancellationToken limit)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly List<FakeConversation> _sessions = [];
    private int _stamp;

    public FakeCaller Caller => caller;

    public SilenceMeter Silence { get; } = new(caller);

    /// <summary>The sessions of this call so far, in order.</summary>
    public IReadOnlyList<FakeConversation> Sessions => _sessions;

    /// <summary>Numbered frames that the caller has sent or is about to send.</summary>
    public int Stamped => _stamp;

    /// <summary>Why each of its streams is to have ended, in order; null: not judged.</summary>
    public IReadOnlyList<string>? Reasons { get; set; }

    /// <summary>The next session that the bridge opens: this call's, since no other loses one.</summary>
    public async Task<FakeConversation> SessionAsync()
    {
        // Sessions of calls before this that nobody cared for are passed over.
        FakeConversation session;
        do
            session = await run.Model.NextConversationAsync(limit);
        while (session.Number <= before);
        _sessions.Add(session);
        return session;
    }

    /// <summary>Listens until an item of a session was heard to its end, and the bridge knows that it is complete.</summary>
    public async Task<LedgerItem> HearOutAsync(FakeConversation session, int index = 0)
    {
        var item = await HearAsync(session, index);
        await caller.Playout.WaitUntilAsync(
            playout => session.ActiveResponseId != item.ResponseId && playout.Item(item.Ordinal).Heard >= item.GeneratedSamples, limit);
        Silence.CallersTurn();
        return item;
    }

    /// <summary>Listens until something of an item was heard.</summary>
    public async Task<LedgerItem> HearAsync(FakeConversation session, int index, int milliseconds = 1)
    {
        await session.WaitUntilAsync(conversation => conversation.Ledger.Count > index && conversation.Ledger[index].GeneratedSamples > 0, limit);
        var item = session.Ledger[index];
        await caller.Playout.WaitUntilAsync(playout => playout.Item(item.Ordinal).HeardMs >= milliseconds, limit);
        return item;
    }

    /// <summary>The first session's greeting is heard out.</summary>
    public async Task<FakeConversation> GreetedAsync()
    {
        var session = await SessionAsync();
        await HearOutAsync(session);
        return session;
    }

    /// <summary>Says something, numbered, to its last frame.</summary>
    public Task SayAsync(int milliseconds = 400) => StampedAsync(CallerStamp.Loud, milliseconds);

    /// <summary>Is silent for a while, frame by numbered frame.</summary>
    public Task KeepQuietAsync(int milliseconds) => StampedAsync(CallerStamp.Quiet, milliseconds);

    /// <summary>Says something and hears the answer out.</summary>
    public async Task<LedgerItem> AskAsync(FakeConversation session)
    {
        var index = session.Ledger.Count;
        await SayAsync();
        return await HearOutAsync(session, index);
    }

    /// <summary>Says something and hears some answer out: the one that is not cut, whichever that is.</summary>
    public async Task<LedgerItem> AskAnyhowAsync(FakeConversation session)
    {
        await SayAsync();
        return await HearAnyAsync(session, 0);
    }

    /// <summary>Hears an item out that is not cut, from one on.</summary>
    public async Task<LedgerItem> HearAnyAsync(FakeConversation session, int from)
    {
        LedgerItem? whole = null;
        await caller.Playout.WaitUntilAsync(
            playout => session.ActiveResponseId is null
                && (whole = session.Ledger.Skip(from).FirstOrDefault(item => item.GeneratedSamples > 0 && playout.Item(item.Ordinal).Heard >= item.GeneratedSamples)) is not null,
            limit);
        Silence.CallersTurn();
        return whole!;
    }

    /// <summary>Every numbered frame of the caller reached one of the sessions, once, and they in order.</summary>
    public async Task AllCameAsync(RowScene scene)
    {
        StampReport stamps;
        var since = caller.Clock.GetTimestamp();
        do
        {
            await Task.Delay(100, limit);
            stamps = CallerStamp.Over(_sessions.Select(session => session.Record.Audio()));
        }
        while (!stamps.IsWhole(_stamp) && caller.Clock.GetElapsedTime(since) < Patience);
        scene.Check(stamps.IsWhole(_stamp), $"of {_stamp} frames of the caller came {stamps}");
    }

    /// <summary>Waits until the phone call is over, whoever ends it.</summary>
    public Task<CallEnding> EndedAsync() => caller.CallEnded.WaitAsync(limit);

    /// <summary>How long after a moment something of an item arrived.</summary>
    public TimeSpan Arrived(LedgerItem item, long since) =>
        caller.Clock.GetElapsedTime(since, caller.Playout.Arrivals.First(arrival => arrival.Mark.Ordinal == item.Ordinal).At);

    /// <summary>What the caller heard, in order, in a few words.</summary>
    public string Heard()
    {
        var heard = new List<string>();
        if (caller.Twiml.Kind == TwimlKind.Reject)
            heard.Add("busy tone");
        foreach (var item in caller.AllStreams.SelectMany(stream => stream.Playout.Items).Where(item => item.Heard > 0))
            heard.Add(Name(item));
        heard.AddRange(caller.Sentences.Where(sentence => sentence.Source != SentenceSource.Webhook || caller.Streams == 0).Select(sentence => $"“{Shorten(sentence.Text)}”"));
        if (caller.Dialed is { } number)
            heard.Add($"→ {number}");
        return string.Join(", ", heard.Select((what, at) => (what, at)).GroupBy(one => (one.what, one.at - heard[..one.at].Count(before => before == one.what)))
            .OrderBy(same => same.First().at).Select(same => same.Count() > 1 ? $"{same.Key.what} ×{same.Count()}" : same.Key.what));
    }

    private string Name(HeardItem heard)
    {
        if (Recordings.Name(heard.Item) is { } recording)
            return recording;
        foreach (var session in _sessions)
        {
            var at = session.Ledger.ToList().FindIndex(item => item.Ordinal == heard.Item);
            if (at < 0)
                continue;
            var name = (at == 0 ? Prompts.Of(session.ResponseRequests is [var first, ..] ? first.Instructions : null) : "") switch
            {
                Prompts.Greet => "greeting",
                Prompts.TakeUp => "rest",
                Prompts.HearAgain => "“pardon?”",
                _ => "answer",
            };
            return heard.Heard < heard.Received ? name + " (cut)" : name;
        }

        return "answer";
    }

    private static string Shorten(string text) => text.Length <= 24 ? text : text[..23].TrimEnd() + "…";

    private Task StampedAsync(Func<int, int, int, byte[]> make, int milliseconds)
    {
        var frames = milliseconds / 20;
        var audio = make(frames, _stamp, CallerStamp.Line);
        _stamp += frames;
        return caller.SpeakAsync(audio).WaitAsync(limit);
    }
}
