using System.Globalization;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Simulator.Matrix;

/// <summary>
/// What one variant of a row plays with: the bridge, the script of the next dials, the calls, and the list of what is wrong. What
/// holds for every row is judged when it is over.
/// </summary>
internal sealed class RowScene
{
    private const string CallerHungUp = "CallerHungUp";

    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(3), Soon = TimeSpan.FromSeconds(1);

    private readonly List<FaultCall> _calls = [];
    private readonly List<string> _problems = [];
    private readonly List<string> _expectedErrors = [];
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private readonly int _dials;
    private readonly int _sessions;

    public RowScene(FaultRun run, Recordings recordings, bool verbose, CancellationToken limit)
    {
        (Run, Recordings, IsVerbose, Limit) = (run, recordings, verbose, limit);
        Log = new BridgeLog(run.Bridge);
        (_dials, _sessions) = (run.Model.Dials.Count, run.Model.Conversations.Count);
        Script();
    }

    public FaultRun Run { get; }

    public Recordings Recordings { get; }

    public bool IsVerbose { get; }

    /// <summary>What the bridge wrote since the scene began.</summary>
    public BridgeLog Log { get; }

    public CancellationToken Limit { get; }

    public FakeRealtimeServer Model => Run.Model;

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>What the witnesses had to say, if they were heard.</summary>
    public Testimony? Testimony { get; private set; }

    /// <summary>The longest time until everything was given back, if that was measured.</summary>
    public TimeSpan? Freed { get; private set; }

    /// <summary>The longest silence of any caller while it was the assistant's turn.</summary>
    public TimeSpan Silence => _calls.Select(call => call.Silence.Longest).DefaultIfEmpty().Max();

    /// <summary>The dials since the scene began.</summary>
    public IReadOnlyList<ModelDial> Dials => [.. Model.Dials.Skip(_dials)];

    /// <summary>The sessions since the scene began.</summary>
    public IReadOnlyList<FakeConversation> NewSessions => [.. Model.Conversations.Skip(_sessions)];

    /// <summary>What the callers heard, each in a few words; rows without such a call say it themselves.</summary>
    public string Heard => HeardOtherwise ?? string.Join(" / ", _calls.Select(call => call.Heard()).Distinct());

    public string? HeardOtherwise { get; set; }

    /// <summary>What the next dials meet, one after the other; those behind find nothing wrong.</summary>
    public void Script(params IReadOnlyList<DialFault> dials) => Model.Options = FaultRun.Healthy with { Dials = [.. dials] };

    /// <summary>What every dial meets from now on.</summary>
    public void Always(DialFault fault) => Model.Options = FaultRun.Healthy with { EveryDial = fault };

    /// <summary>Rings. What goes wrong takes Twilio's course.</summary>
    public async Task<FaultCall> CallAsync(Func<FakeCallerOptions, FakeCallerOptions>? change = null)
    {
        var options = Run.Caller with { ThrowOnFirstFailure = false };
        var call = new FaultCall(Run, await FakeCaller.DialAsync(change?.Invoke(options) ?? options, Limit), _sessions, Limit);
        _calls.Add(call);
        return call;
    }

    public void Check(bool isRight, string problem)
    {
        if (!isRight)
            _problems.Add(problem);
    }

    public void Expect<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {actual}, not {expected}"));
    }

    public void Within(string what, TimeSpan longest, TimeSpan actual)
    {
        if (actual > longest)
            _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {actual.TotalMilliseconds:F0} ms, more than {longest.TotalMilliseconds:F0}"));
    }

    /// <summary>The row itself is an error that belongs into the log.</summary>
    public void ExpectError(string text) => _expectedErrors.Add(text);

    /// <summary>The call is over on the bridge's account: for a reason, with a sentence and a hang-up, and everything given back.</summary>
    /// <param name="call">Which.</param>
    /// <param name="reason">The reason of its end.</param>
    /// <param name="since">The fault: a timestamp; null: that is not measured.</param>
    public async Task LostAsync(FaultCall call, string reason, long? since)
    {
        call.Reasons = [reason];
        Expect("the call ended with", CallEnding.Hangup, await call.EndedAsync());
        Check(call.Caller.Sentences.Any(sentence => sentence.Source == SentenceSource.Action), "the caller was told nothing");
        await FreedAsync(since);
    }

    /// <summary>The caller hangs up, and everything is given back.</summary>
    public async Task HangUpAsync(FaultCall call)
    {
        call.Reasons ??= [CallerHungUp];
        var since = TimeProvider.System.GetTimestamp();
        await call.Caller.HangUpAsync(Limit);
        await FreedAsync(since);
    }

    /// <summary>Waits until the model has no socket but the witnesses', and the bridge its place back.</summary>
    public async Task FreedAsync(long? since)
    {
        await BackAsync();
        if (since is { } fault)
            FreedIn(TimeProvider.System.GetElapsedTime(fault));
    }

    /// <summary>It took so long to give something back.</summary>
    public void FreedIn(TimeSpan time) => Freed = Freed > time ? Freed : time;

    /// <summary>What holds for every row, when it is over.</summary>
    public async Task JudgeAsync(TimeSpan? freedLimit)
    {
        if (!Run.Profile.EndsProcess)
            await BackAsync();
        foreach (var call in _calls)
            await JudgeAsync(call);
        if (Freed is { } freed && freedLimit is { } limit)
            Within("everything given back in", limit, freed);
        foreach (var error in Log.Errors.Where(error => !_expectedErrors.Exists(expected => error.Contains(expected, StringComparison.Ordinal))))
            _problems.Add($"an error in the log: {error}");
        foreach (var line in Log.Unobserved)
            _problems.Add($"in the log: {line}");
        foreach (var expected in _expectedErrors)
            Check(Log.Count(expected) > 0, $"the log does not say \"{expected}\"");
        if (!Run.Profile.EndsProcess)
            Check(Run.Bridge.IsAlive, "the bridge is gone");
    }

    /// <summary>The witnesses are heard now: for rows that end them. Else they are heard at the scene's end.</summary>
    public Testimony Testify() => Testimony ??= Run.Witnesses.Judge(_began, TimeProvider.System.GetTimestamp());

    /// <summary>Something else went wrong.</summary>
    public void Failed(string problem) => _problems.Add(problem);

    /// <summary>Every call is put away, whatever became of it.</summary>
    public async Task EndAsync()
    {
        foreach (var call in _calls)
            await call.Caller.DisposeAsync();
    }

    private async Task JudgeAsync(FaultCall call)
    {
        var caller = call.Caller;
        Within("silence in the assistant's turn", LongestSilence, call.Silence.Longest);
        foreach (var stretch in call.Silence.Stretches.Where(stretch => stretch.Length > LongestSilence))
            _problems.Add(stretch.ToString());
        foreach (var violation in caller.Violations.Concat(call.Sessions.SelectMany(session => session.Violations)))
            _problems.Add(violation);
        await Log.WaitUntilAsync(log => log.Reasons(caller.CallSid).Count >= caller.Streams, Soon, Limit);
        var reasons = string.Join(", ", Log.Reasons(caller.CallSid));
        if (call.Reasons is { } expected)
            Expect("the call's end in the log", string.Join(", ", expected), reasons);
        else
            Expect("lines of the call's end in the log", caller.Streams, Log.Reasons(caller.CallSid).Count);
    }

    private async Task BackAsync()
    {
        while (Model.OpenSockets > Run.Witnesses.Sessions || (Run.Profile.Places is not null && !await Run.Bridge.IsReadyAsync(Limit)))
        {
            if (Limit.IsCancellationRequested)
                throw new OperationCanceledException("Not everything was given back.");
            await Task.Delay(5, Limit);
        }
    }
}
