using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;

namespace Bridge.Api.Tests;

/// <summary>One way for a call to end.</summary>
/// <param name="Name">In words.</param>
/// <param name="Reason">The reason the bridge must give; empty when it is no call yet.</param>
internal sealed record Endings(string Name, string Reason)
{
    /// <summary>A model that greets, and answers nothing.</summary>
    public static FakeModelOptions Talks { get; } = new() { Greeting = FaultCall.Spoken(400), Answers = [] };

    public static IReadOnlyList<Endings> All { get; } =
    [
        new("hang-up", "CallerHungUp") { Do = static (caller, _) => caller.HangUpAsync() },
        new("stop without close", "CallerHungUp") { Do = static (caller, _) => caller.StopWithoutClosingAsync(), Takes = TimeSpan.FromMinutes(2) },
        new("bare close, resumed", "StreamLost") { Do = static (caller, _) => caller.CloseBareAsync(), IsResumed = true },
        new("reset, resumed", "StreamLost") { Do = Reset, IsResumed = true },
        new("reset", "StreamLost") { Do = Reset, Caller = static options => options with { ActionAfterAbruptEnd = false } },
        new("FIN", "StreamLost") { Do = static (caller, _) => caller.HalfCloseAsync(), Caller = static options => options with { ActionAfterAbruptEnd = false } },
        new("media gap, resumed", "StreamLost") { Do = Silent, Takes = TimeSpan.FromMinutes(2), IsResumed = true },
        new("stuck stream, resumed", "StreamStuck") { Do = StickAsync, Takes = TimeSpan.FromMinutes(2), Afterwards = static caller => caller.ResumeReading(), IsResumed = true },
        new("protocol violation", "ProtocolViolation") { Do = static (caller, _) => caller.SendRawAsync(new string('x', 20_000)) },
        new("no start", "") { Caller = static options => options with { SendStart = false }, IsGreeted = false, Do = static (caller, _) => caller.CloseBareAsync() },
        new("model refuses", "ModelRefused") { Model = Talks with { EveryDial = DialFault.Refuse(401) }, IsGreeted = false },
        new("model busy", "ModelBusy") { Model = Talks with { EveryDial = DialFault.Refuse(429) }, IsGreeted = false },
        new("model unreachable", "ModelUnreachable") { Model = Talks with { EveryDial = DialFault.Refuse(503) }, IsGreeted = false },
        new("quick failures", "ModelUnreachable") { Model = Talks with { Faults = [SessionFault.Reset.On("response.create")] }, IsGreeted = false },
        new("model closes for good", "ModelClosed") { Do = static (caller, model) => AllAsync(caller, model, static session => session.DieAsync(1008)) },
        new("model fails", "ModelFailed") { Model = Talks with { Greeting = ModelAnswer.Failed("server_error") }, IsGreeted = false, Takes = TimeSpan.FromMinutes(2) },
        new("idle", "Idle") { Takes = TimeSpan.FromMinutes(2) },
        new("too long", "TooLong") { Model = Talks with { Greetings = [FaultCall.Spoken(16_000)] }, Takes = TimeSpan.FromMinutes(2) },
        new("internal error", "InternalError") { Model = Talks with { Greeting = FaultCall.Spoken(400) with { HoldAfterMs = 0 } }, IsGreeted = false, RecordingsFail = true, Takes = TimeSpan.FromMinutes(2) },
        new("session lost, then hang-up", "CallerHungUp") { Do = LoseSessionAsync },
    ];

    public FakeModelOptions Model { get; init; } = Talks;

    public Func<FakeCallerOptions, FakeCallerOptions> Caller { get; init; } = static options => options;

    /// <summary>What happens when the greeting has come.</summary>
    public Func<FakeCaller, FakeRealtimeServer, Task> Do { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>What happens at Twilio's end when the bridge has ended it.</summary>
    public Action<FakeCaller> Afterwards { get; init; } = static _ => { };

    public bool IsGreeted { get; init; } = true;

    public bool RecordingsFail { get; init; }

    /// <summary>A second stream follows, and its caller hangs up.</summary>
    public bool IsResumed { get; init; }

    /// <summary>How long it may take, in a time that runs ahead of the machine; zero: no time passes.</summary>
    public TimeSpan Takes { get; init; }

    private static Task Reset(FakeCaller caller, FakeRealtimeServer model)
    {
        caller.Abort();
        return Task.CompletedTask;
    }

    private static Task Silent(FakeCaller caller, FakeRealtimeServer model)
    {
        caller.GoSilent();
        return Task.CompletedTask;
    }

    private static Task StickAsync(FakeCaller caller, FakeRealtimeServer model)
    {
        caller.StopReading();
        return AllAsync(caller, model, static async session =>
        {
            await session.WaitUntilAsync(static greeted => greeted.ActiveResponseId is null);
            _ = TalkOnAsync(session);
        });
    }

    /// <summary>
    /// The kernel may take a little more after all, just when the first answer is given up: then its rest is dropped, and only another
    /// answer can get stuck.
    /// </summary>
    private static async Task TalkOnAsync(FakeConversation session)
    {
        for (var answer = 0; answer < 5 && !session.Closed.IsCompleted; answer++)
        {
            if (session.ActiveResponseId is null)
                await Task.WhenAny(session.Closed, session.RespondAsync(new ModelAnswer([.. Enumerable.Repeat(AnswerItem.Tone(30_000), 4)])));
            await Task.WhenAny(session.Closed, session.WaitUntilAsync(static idle => idle.ActiveResponseId is null));
        }
    }

    private static async Task LoseSessionAsync(FakeCaller caller, FakeRealtimeServer model)
    {
        await AllAsync(caller, model, static session => session.DieByResetAsync());
        await model.WaitUntilAsync(static server => server.Conversations.Count >= 2 && server.OpenSockets > 0);
        await caller.HangUpAsync();
    }

    // Each call's share of the sessions: which is whose does not matter, when it happens to all.
    private static Task AllAsync(FakeCaller caller, FakeRealtimeServer model, Func<FakeConversation, Task> act) =>
        Sessions.GetValue(model, static _ => new Shares()).Next(model) is { } session ? act(session) : Task.CompletedTask;

    private static System.Runtime.CompilerServices.ConditionalWeakTable<FakeRealtimeServer, Shares> Sessions { get; } = [];

    private sealed class Shares
    {
        private int _next = -1;

        public FakeConversation? Next(FakeRealtimeServer model) =>
            Interlocked.Increment(ref _next) is var at && at < model.Conversations.Count ? model.Conversations[at] : null;
    }
}
