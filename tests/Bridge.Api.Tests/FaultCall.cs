using Bridge.Application.Abstractions;
using Bridge.Application.Calls;
using Bridge.Domain.Calls;
using Bridge.Simulator;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Bridge.Api.Tests;

/// <summary>One call to which things happen, with all its sessions, in virtual time. Sentences of Twilio's take their time.</summary>
internal sealed class FaultCall : IAsyncDisposable
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10);

    private readonly CancellationToken _cancel;
    private readonly bool _ownsBridge;
    private readonly HttpClient _http = new();
    private FakeConversation? _lastSession;

    private FaultCall(BridgeHost bridge, bool ownsBridge, FakeCaller caller, CancellationToken cancel) =>
        (Bridge, _ownsBridge, Caller, Silence, _cancel) = (bridge, ownsBridge, caller, new SilenceMeter(caller), cancel);

    public BridgeHost Bridge { get; }

    public FakeCaller Caller { get; }

    public SilenceMeter Silence { get; }

    public CallRegistry Registry => Bridge.Services.GetRequiredService<CallRegistry>();

    /// <summary>The reasons of all calls that have ended, in order.</summary>
    public IReadOnlyList<string> EndReasons => ReasonsIn(Bridge);

    public long Now => Bridge.Clock.GetTimestamp();

    /// <summary>Starts a bridge of its own and dials.</summary>
    public static async Task<FaultCall> StartAsync(
        FakeModelOptions model,
        CancellationToken cancel,
        Dictionary<string, string>? variables = null,
        Action<WebApplicationBuilder>? customize = null,
        Func<FakeCallerOptions, FakeCallerOptions>? change = null)
    {
        variables = new(variables ?? []) { ["TWILIO_INTRO_TEXT"] = "off" };
        return await DialAsync(await BridgeHost.StartAsync(model, variables, customize), ownsBridge: true, cancel, change);
    }

    /// <summary>Another call over a bridge.</summary>
    public static async Task<FaultCall> DialAsync(
        BridgeHost bridge, bool ownsBridge, CancellationToken cancel, Func<FakeCallerOptions, FakeCallerOptions>? change = null)
    {
        var caller = await bridge.CallAsync(options => (change?.Invoke(options) ?? options) with { SayMsPerCharacter = 60 });
        return new FaultCall(bridge, ownsBridge, caller, cancel);
    }

    /// <summary>An answer of one word for each 200 ms of it, from "w001" on.</summary>
    public static ModelAnswer Spoken(int milliseconds) => new([new AnswerItem(Speech.Tone(milliseconds), Words(milliseconds / 200))]);

    public static string Words(int count) => string.Join(' ', Enumerable.Range(1, count).Select(n => $"w{n:D3}"));

    public static IReadOnlyList<string> ReasonsIn(BridgeHost bridge) =>
        [.. bridge.Logs.Events.Select(LogRecord.Text).Where(line => line.StartsWith("Call ended: ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];

    /// <summary>The call's next session, in step from now on; time stands still meanwhile.</summary>
    public async Task<FakeConversation> NextSessionAsync()
    {
        var session = await Bridge.Model.NextConversationAsync(_cancel);
        Caller.KeepStepWith(session);
        _lastSession = session;
        return session;
    }

    /// <summary>The first session, once the greeting was asked for.</summary>
    public async Task<FakeConversation> GreetedAsync()
    {
        var session = await NextSessionAsync();
        await session.WaitForAsync("response.create", 1, _cancel);
        return session;
    }

    public Task PassAsync(int milliseconds) => PassUntilAsync(static () => false, TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Lets time pass until something is so.</summary>
    public async Task UntilAsync(string what, Func<bool> condition, double withinSeconds = 10)
    {
        var so = await PassUntilAsync(condition, TimeSpan.FromSeconds(withinSeconds));
        Assert.That(so, Is.True, $"within {withinSeconds} s: {what}\n{string.Join('\n', Bridge.Logs.Lines.TakeLast(12))}");
    }

    /// <summary>Lets time pass until so many items of the assistant's were heard to their ends, and nothing plays; then it is the caller's turn.</summary>
    public async Task HearOutAsync(int items = 1)
    {
        await UntilAsync($"{items} item(s) are heard out", () => Caller.Playout.Items.Count >= items && Caller.Playout.UnheardSamples == 0);
        await PassAsync(40);
        Silence.CallersTurn();
    }

    /// <summary>The caller says something, and then waits for an answer.</summary>
    public async Task SayAsync(byte[] audio)
    {
        var said = Caller.SpeakAsync(audio);
        await UntilAsync("it is said", () => said.IsCompleted, 60);
        await said;
    }

    /// <summary>A question of half a second.</summary>
    public Task AskAsync() => SayAsync(Speech.Tone(500));

    /// <summary>Lets time pass until the phone call is over; everything of it must be given back, and its one line say why.</summary>
    public async Task EndsAsync(double withinSeconds, params CallEndReason[] reasons)
    {
        await UntilAsync("the phone call is over", () => Caller.CallEnded.IsCompleted, withinSeconds);
        await Caller.CallEnded;
        await FreedAsync(1, reasons);
    }

    /// <summary>Nothing is left of any call; time passes for what waits for it.</summary>
    public async Task FreedAsync(double withinSeconds, params CallEndReason[] reasons)
    {
        await UntilAsync("no call is on", () => Registry.Active == 0, withinSeconds);
        await Bridge.Model.WaitUntilAsync(model => model.OpenSockets == 0, _cancel);
        Assert.That(EndReasons, Is.EqualTo(reasons.Select(reason => reason.ToString())));
        Assert.That(Registry.Promised, Is.Zero);
    }

    /// <summary>The caller hangs up; everything must be given back at once.</summary>
    public async Task HangUpAsync(params CallEndReason[] reasons)
    {
        await Caller.HangUpAsync(_cancel);
        Assert.That(await Caller.CallEnded.WaitAsync(_cancel), Is.EqualTo(CallEnding.CallerHungUp));
        await FreedAsync(1, reasons);
    }

    /// <summary>Neither end broke its protocol, and what was heard is what was sent.</summary>
    /// <param name="harmless">Errors of a race that nobody could avoid.</param>
    public void NothingIsWrong(params string[] harmless)
    {
        foreach (var stream in Caller.AllStreams)
            Assert.That(stream.Playout.BlocksOutOfOrder + stream.Playout.BlocksAfterClear, Is.Zero);
        Assert.That(Caller.AllStreams.Sum(stream => stream.Playout.BlocksCorrupt), Is.LessThanOrEqualTo(BlocksOfRecordings()), "recordings alone have no watermarks");
        Assert.That(Caller.Violations.Concat(Bridge.Model.Conversations.SelectMany(session => session.Violations)), Is.Empty);
        Assert.That(Bridge.Model.Conversations.SelectMany(session => session.Errors).Where(error => !harmless.Contains(error.Code)).Select(error => error.Message), Is.Empty);
        Assert.That(Silence.Longest, Is.LessThanOrEqualTo(TimeSpan.FromSeconds(3)), string.Join('\n', Silence.Stretches));
    }

    /// <summary>A recording of ours.</summary>
    public byte[] Recording(string which)
    {
        var recordings = Bridge.Services.GetRequiredService<IRecordings>();
        return (which == "filler" ? recordings.Filler : recordings.SayAgain).ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Caller.DisposeAsync();
        if (_ownsBridge)
            await Bridge.DisposeAsync();
    }

    private int BlocksOfRecordings()
    {
        int Blocks(string line, string which) => Bridge.Logs.Events.Count(e => LogRecord.Text(e).Contains(line, StringComparison.Ordinal)) * ((Recording(which).Length / 160) + 1);
        return Blocks("hears the filler", "filler") + Blocks("asked to say it again", "say again");
    }

    // Where nobody keeps step the bridge is given the time it needs: a request that it answers, every hundredth of a second.
    private async Task<bool> PassUntilAsync(Func<bool> condition, TimeSpan longest)
    {
        for (var passed = TimeSpan.Zero; passed < longest && !condition(); passed += Slice)
        {
            if (await Caller.PassUntilAsync(condition, Slice, _cancel))
                return true;
            if (_lastSession is not { Closed.IsCompleted: false } || Caller.Ended.IsCompleted)
                await BreatheAsync();
        }

        return condition();
    }

    private async Task BreatheAsync()
    {
        using var answer = await _http.GetAsync(new Uri(Bridge.Address, "/health/live"), _cancel);
        await Caller.SettleAsync(_cancel);
    }
}
